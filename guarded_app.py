"""The app behind its guard, as the launcher starts it: ``streamlit run guarded_app.py``."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from backend.settings import Settings
from backend.web_guard import Guard

app = App("streamlit_app.py", middleware=[Middleware(Guard, hosts=Settings.load().host_names)])
