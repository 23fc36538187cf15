from backend.documents import errors


def test_every_error_can_travel_by_its_name() -> None:
    defined = {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.DocumentError)
    }
    assert defined == errors.BY_NAME
