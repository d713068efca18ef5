"""Text in any script: set with open fonts, valid, shaped, and read back letter by letter."""

from pathlib import Path
from typing import Any

import pytest

from app.documents import bid, fonts, pdf
from tests.documents import reading_back as read
from tests.documents import samples as s
from tests.documents.test_pdf import assert_valid

BUNDLED = {
    "Amharic": "እኛ ከወጣቶች ጋር እንሰራለን።",
    "Armenian": "Մենք աշխատում ենք երիտասարդների հետ։",
    "Bengali": "আমরা তরুণদের সঙ্গে কাজ করি। শিক্ষা, স্বাস্থ্য ও ক্ষমতায়ন: র‍্যাব, ক্ষুদ্র, কর্ম, স্ত্রী।",
    "Burmese": "ကျွန်ုပ်တို့သည် လူငယ်များနှင့် အလုပ်လုပ်သည်။",
    "Emoji": "😀 👍🏽 🎉 ❤️ 🥰 🫶",
    "Greek": "Δουλεύουμε με νέους.",
    "Gujarati": "અમે યુવાનો સાથે કામ કરીએ છીએ. શ્રી, ક્ષમા",
    "Gurmukhi": "ਅਸੀਂ ਨੌਜਵਾਨਾਂ ਨਾਲ ਕੰਮ ਕਰਦੇ ਹਾਂ। ਸਿੱਖਿਆ, ਪ੍ਰੇਮ, ਸ਼ਕਤੀ",
    "Hindi": "हम युवाओं के साथ काम करते हैं। शक्ति, स्त्री",
    "Lao": "ພວກເຮົາເຮັດວຽກກັບໄວໜຸ່ມ.",
    "Malayalam": "ഞങ്ങൾ യുവാക്കളോടൊപ്പം പ്രവർത്തിക്കുന്നു.",
    "Polish": "Pracujemy z młodzieżą: zażółć gęślą jaźń.",
    "Sinhala": "අපි තරුණයන් සමඟ වැඩ කරමු.",
    "Tamil": "நாங்கள் இளைஞர்களுடன் பணிபுரிகிறோம். கொடுக்கிறோம், ஸ்ரீ, க்ஷ, மொழி",
    "Telugu": "మేము యువతతో పనిచేస్తాము. స్త్రీ",
    "Thai": "เราทำงานกับเยาวชน",
    "Welsh": "Gyda’n gilydd: ŵ, ŷ, â, ê, ï, ò.",
}
FROM_THE_SYSTEM = {
    "Chinese": "華人社區中心為長者提供服務，也為年輕人提供服務。华人社区中心为长者提供服务，也为年轻人提供服务。",
    "Japanese": "地域の子どもたちと家族を支えます。カタカナも。",
    "Korean": "우리는 청소년과 가족을 돕습니다.",
}
HAS_CJK = any(Path(path).is_dir() for path in fonts.CJK)


def made_of(text: str) -> pdf.Pdf:
    """A bid with these words plain and bold, between two marks."""
    runs: list[dict[str, Any]] = [{"type": "text", "text": text, "marks": [{"type": "bold"}]}]
    lines = [[{"type": "text", "text": words}] for words in (read.START, text)] + [runs]
    lines.append([{"type": "text", "text": read.END}])
    content = {"type": "doc", "content": [{"type": "paragraph", "content": line} for line in lines]}
    document = s.document(s.with_text(s.bare(), content))
    return pdf.render(bid.compose(document, s.standing(document), signed=b"{}"))


def assert_reads_back(text: str) -> None:
    made = made_of(text)
    assert made.substitutions == ()
    assert_valid(made.data)
    told = "".join(read.words(read.of_pdf_as_read_aloud(made.data)))
    assert told == "".join(text.split()) * 2


@pytest.mark.parametrize("language", BUNDLED)
def test_a_script_comes_out_with_nothing_to_configure(language: str) -> None:
    assert_reads_back(BUNDLED[language])


def test_khmer_is_set_though_copying_it_says_some_syllables_twice() -> None:
    """Typst 0.15 splits a syllable whose marks are moved up or down, and writes its letters with each part."""
    made = made_of("យើងធ្វើការជាមួយយុវជន។")
    assert made.substitutions == ()
    assert_valid(made.data)


@pytest.mark.skipif(not HAS_CJK, reason="fonts-droid-fallback is not installed: Chinese, Japanese, Korean not set")
@pytest.mark.parametrize("language", FROM_THE_SYSTEM)
def test_chinese_japanese_and_korean_come_out_where_the_system_has_a_font(language: str) -> None:
    assert_reads_back(FROM_THE_SYSTEM[language])


@pytest.mark.skipif(not HAS_CJK, reason="fonts-droid-fallback is not installed: Chinese not set")
@pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed: PDF text not read back")
def test_a_long_sentence_without_spaces_can_be_searched_for() -> None:
    """Nothing invisible is put between its characters, and what parts a long word of letters is not copied."""
    chinese = FROM_THE_SYSTEM["Chinese"].split("。")[0]
    assert len(chinese) > 22 and chinese in read.of_pdf(made_of(chinese * 3).data).replace("\n", "")
    assert "a" * 200 in read.of_pdf_as_read_aloud(made_of("a" * 200).data).replace("\n", "")


def test_an_empty_or_missing_font_folder_leaves_the_own_fonts(tmp_path: Path) -> None:
    for folder in (str(tmp_path), str(tmp_path / "gone")):
        assert not fonts.load(folder).missing(BUNDLED["Tamil"]) and fonts.load(folder).missing("中")


def test_a_control_character_is_none_that_a_font_shows() -> None:
    assert fonts.load(None).missing("client\x92s plan\n") == {"\x92"}


def test_other_fonts_make_another_document(tmp_path: Path) -> None:
    """When a font is added, documents that were made without it are rendered again."""
    before = fonts.fingerprint(str(tmp_path))
    (tmp_path / "more.ttf").write_bytes(b"x")
    fonts.fingerprint.cache_clear()
    assert fonts.fingerprint(str(tmp_path)) != before
