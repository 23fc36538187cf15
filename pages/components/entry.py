"""Running the app from a page file that lies directly in ``pages/``.

Until ``st.navigation`` has been called once, Streamlit takes an app with a folder ``pages`` for one
of its first kind, in which the last part of a link names a file in that folder. So the first link
to a fresh server, where it leads to a page, needs such a file, or the reader is told "Page not
found" on top of the right page. These files run the whole app, with all that guards it; they are
not pages themselves.
"""

import runpy
from pathlib import Path
from typing import Final

_APP: Final = Path(__file__).parents[2] / "streamlit_app.py"


def run_app() -> None:
    """Run the entry point, which finds the page that the link names."""
    runpy.run_path(str(_APP), run_name="__main__")
