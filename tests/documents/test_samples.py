import re

import pytest

from backend.documents import extract
from backend.documents.samples import FOLDER, Sample, sample, samples

TASKS = (
    "summarization",
    "text_classification",
    "question_answering",
    "named_entities",
    "relation_extraction",
)
SLUGS = [each.slug for each in samples()]
REAL_COMPANIES = re.compile(
    "Accenture|Adidas|Adobe|Airbus|Alibaba|Allianz|Alphabet|Amazon|Apple|AstraZeneca|BASF|"
    "Bayer|Barclays|BMW|Boeing|BP|Bosch|Campbell|Carlsberg|Caterpillar|Chevron|Cisco|"
    "Citigroup|Danfoss|Danone|Deloitte|DHL|Disney|Exxon|Facebook|FedEx|Fluence|Ford|"
    "Gartner|Google|Grundfos|Heinz|Hilton|Hitachi|HSBC|Huawei|IBM|IKEA|Intel|JPMorgan|"
    "Kellogg|Kraft|KPMG|LG|Lidl|Linde|Lonza|Maersk|Marriott|McDonald|McKinsey|Meta|"
    "Microsoft|Mitsubishi|Nestlé|Netflix|Nike|Nokia|Novartis|Nvidia|Oracle|Panasonic|"
    "PepsiCo|Pfizer|Philips|Procter|PwC|Renault|Roche|Sage|Salesforce|Samsung|SAP|Shell|"
    "Siemens|Sony|Spotify|Stellantis|Tata|Tesco|Tesla|Toyota|Uber|Unilever|Verizon|Visa|"
    "Vodafone|Volkswagen|Volvo|Walmart|Xerox|Yahoo|Zoom|CATL|BYD|Reuters|Bloomberg"
)
STOP = re.compile(
    "the|a|an|of|in|on|to|for|is|are|was|were|be|who|what|when|where|which|how|why|did|"
    "does|do|many|much|long|far|it|its|by|with|from|and|or|at|that|this|not|have|has|had|"
    "there"
)


def words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if not STOP.fullmatch(word)}


@pytest.fixture(params=SLUGS)
def one(request: pytest.FixtureRequest) -> Sample:
    return sample(str(request.param))


def test_every_task_has_at_least_four() -> None:
    for task in TASKS:
        assert len(samples(task)) >= 4, task
    assert len(samples()) >= 8


def test_tasks_and_slugs_are_known_and_unique() -> None:
    assert {task for each in samples() for task in each.tasks} == set(TASKS)
    assert len(set(SLUGS)) == len(SLUGS)
    assert samples("no_such_task") == ()
    with pytest.raises(KeyError):
        sample("no-such-sample")


def test_every_text_file_is_listed() -> None:
    assert sorted(SLUGS) == sorted(path.stem for path in FOLDER.glob("*.txt"))


def test_length_is_within_bounds(one: Sample) -> None:
    assert 250 <= len(one.text.split()) <= 900
    assert max(len(paragraph.split()) for paragraph in one.text.split("\n\n")) <= 180


def test_three_or_four_questions_have_an_answer_and_one_has_none(one: Sample) -> None:
    answers = [question.answer for question in one.questions]
    assert answers.count(None) == 1
    assert 3 <= len(answers) - 1 <= 4


def test_answers_stand_in_the_text_and_questions_share_its_words(one: Sample) -> None:
    for question in one.questions:
        assert question.text.endswith("?")
        if question.answer is not None:
            assert question.answer in one.text
            asked = words(question.text)
            assert len(asked & words(one.text)) * 2 >= len(asked), question.text


def test_no_real_company_is_named(one: Sample) -> None:
    text = f"{one.title}\n{one.text}"
    assert re.findall(rf"\b(?:{REAL_COMPANIES.pattern})\b", text) == []


def test_samples_are_read_as_plain_text_unchanged(one: Sample) -> None:
    document = extract(f"{one.slug}.txt", (FOLDER / f"{one.slug}.txt").read_bytes())
    assert (document.text, document.kind, document.warnings) == (one.text, "text", ())


def test_one_sample_has_names_with_diacritics_and_words_in_another_script() -> None:
    texts = [each.text for each in samples("named_entities")]
    assert any(
        re.search("[łŁżźśćø]", text) and re.search("[\u4e00-\u9fff]", text) for text in texts
    )


def test_samples_for_classification_have_many_paragraphs() -> None:
    for each in samples("text_classification"):
        assert len([p for p in each.text.split("\n\n") if len(p.split()) > 25]) >= 6


def test_samples_are_read_once() -> None:
    assert samples()[0] is samples()[0]
