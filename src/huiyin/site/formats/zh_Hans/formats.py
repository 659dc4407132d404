"""`<input type="date">` takes ISO dates only; the Chinese way stays readable when typed."""

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"]
