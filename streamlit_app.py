"""The app: navigation, and the state of the cloud in use. Start it with ``make run``."""

import streamlit as st

from pages.components.cloud import cloud_state

st.set_page_config(
    page_title="Document insights",
    page_icon="assets/static/icon.svg",
    layout="wide",
    initial_sidebar_state=240,
)
st.logo("assets/static/logo.svg", size="large", icon_image="assets/static/icon.svg")

page = st.navigation(
    [
        st.Page(
            "pages/explore/document.py",
            title="One document",
            icon=":material/find_in_page:",
            default=True,
            help="Summary, names, answers, kind of text and relations of one document.",
        ),
        st.Page(
            "pages/tasks/summarization.py",
            title="Summarization",
            icon=":material/short_text:",
            help="The sentences that say most, marked in the document.",
        ),
        st.Page(
            "pages/tasks/text_classification.py",
            title="Text classification",
            icon=":material/category:",
            help="What kind of document this is, its topic, and labels of your own.",
        ),
        st.Page(
            "pages/tasks/question_answering.py",
            title="Question answering",
            icon=":material/contact_support:",
            help="Ask the document; the answer is shown in its place.",
        ),
        st.Page(
            "pages/tasks/named_entities.py",
            title="Named entities",
            icon=":material/group:",
            help="People, organizations, places, dates and amounts in a document.",
        ),
        st.Page(
            "pages/tasks/relation_extraction.py",
            title="Relation extraction",
            icon=":material/hub:",
            help="How the things in a document relate, with the evidence.",
        ),
        st.Page(
            "pages/admin/datasets.py",
            title="Datasets",
            icon=":material/dataset:",
            help="What models are fine-tuned on: bring it, check it, keep it in versions.",
        ),
        st.Page(
            "pages/admin/train.py",
            title="Train",
            icon=":material/school:",
            help="Fine-tune a model on a dataset, or search for its best settings.",
        ),
        st.Page(
            "pages/admin/jobs.py",
            title="Jobs",
            icon=":material/model_training:",
            help="Training and searches: how far they are, how well they do, what they left.",
        ),
        st.Page(
            "pages/admin/compare.py",
            title="Compare",
            icon=":material/balance:",
            help="Is the tuned model really better? Scores, examples, promotion.",
        ),
        st.Page(
            "pages/admin/endpoints.py",
            title="Endpoints",
            icon=":material/dns:",
            help="The models that answer: their state, logs, and starting and stopping them.",
        ),
        st.Page(
            "pages/admin/costs.py",
            title="Costs and clean-up",
            icon=":material/payments:",
            help="What runs and what it costs, what nobody uses, and how to end it all.",
        ),
        st.Page(
            "pages/admin/settings.py",
            title="Settings",
            icon=":material/settings:",
            help="Which cloud is in use, and whether it can be used as it is.",
        ),
    ],
    expanded=True,
)
with st.sidebar:
    cloud_state()
page.run()
