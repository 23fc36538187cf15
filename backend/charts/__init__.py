"""Data to Plotly figures. Each chart is a pure "info" step and a drawing step.

Colours are given by the caller, since a colour's meaning belongs to the screens.
"""
