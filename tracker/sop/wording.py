"""How texts are worded: whether they tell somebody to do something, in several languages."""

from __future__ import annotations

import re
from collections import Counter

from tracker.sop import imperatives, languages
from tracker.sop.lexicon import LEXICON
from tracker.sop.vocabulary import VERBS

_NOT_VERBS_FOLLOWED_BY = re.compile(
    r"(?:is|are|was|were|has|have|had|will|can|may|must|should|does|do)\b", re.I
)
_PREAMBLE = re.compile(
    r"(?:\([^()]{1,60}\)[:,]?|\[[^\[\]]{1,40}\]|optional(?:ly)?[:,]?|recommended[:,]?|please,?|then,?|"
    r"next,?|now,?|also,?|first(?:ly)?,?|"
    r"second(?:ly)?,?|third(?:ly)?,?|finally,?|lastly,?|again,?|afterwards?,?|always|never|do not|don[’']t|"
    r"immediately|quickly|briefly|simply|just|manually|\w{2,}ly,?|note:|important:|step \d+[:.]?|"
    r"day \d+[:.]?|"
    r"week \d+[:.]?|to do:|todo:|and|or|but|either|if (?:needed|necessary|required|applicable|possible|"
    r"not)[,:]?|"
    r"(?:right|left)[ -](?=click)|"
    r"as needed,?|when (?:ready|done|finished|complete|cool),?|very \w+:|[\w/ ]{1,30}:(?=\s))\s*",
    re.I,
)
_CONDITION = re.compile(
    r"(?:if|when|whenever|once|after|before|while|until|unless|in|on|at|from|for|with|using|by|within|"
    r"under|to|as|"
    r"about|around|approximately|roughly|\d+|during|depending|inside|via|where|since|because|given|"
    r"assuming|avoiding|through|upon|without|following|based)\b",
    re.I,
)
_DUTY = re.compile(
    r"\b(?:you (?:should|must|need|will need|have to|may need|will want|can|are able|could|might)|"
    r"(?:you|they) (?:are|will be) expected to|(?:should|must) (?:be|not|now|also)|needs? to|make sure|"
    r"be sure|has to be|have to be|let['’]?s|please)\b",
    re.I,
)
_BE = re.compile(r"be (?:sure|careful|aware|prepared|ready|certain|patient|kind|available|present)\b", re.I)
_STATEMENT = re.compile(
    r"(?:the|a|an|this|that|these|those|there|it|its|we|they|he|she|i|your|you|our|their|his|her|some|"
    r"any|no|all|each|"
    r"every|most|many|both|le|la|les|un|une|des|du|ce|cette|ces|il|elle|nous|vous|ils|el|los|las|una|"
    r"unos|este|"
    r"esta|der|die|das|ein|eine|dieser|diese|wir|es|sie|het|een|dit|hierdie|ons|o|os|as|um|uma|i|gli|"
    r"lo)\b|[ld][’']|['’]n\s",
    re.I,
)
# Endings of instructions in French, Spanish, Portuguese, Italian, German, Dutch and Afrikaans.
_FOREIGN = re.compile(
    r"(?:[^\W\d_]{2,}(?:ez|er|ir|re|ar|iser|ifier)\b|[^\W\d_]+en Sie\b|Sie\b|u\b)|"
    r"(?:haga|haz|abra|abre|cree|crea|seleccione|selecciona|vaya|ve|agregue|agrega|env[ií]e|env[ií]a|"
    r"verifique|verifica|"
    r"compruebe|comprueba|busque|busca|use|usa|utilice|utiliza|ponga|pon|confirme|confirma|prepare|prepara|"
    r"maak|kyk|stuur|gaan|kies|voeg|gebruik|skep|stel|kontroleer|bevestig|skryf|vra|neem|"
    r"inicie|execute|acesse|acessar|abrir|clique|clic|selecione|faça|crie|digite|escolha|escolher|salve|envie|"
    r"instale|baixe|copie|cole|adicione|aguarde|reinicie|certifique|configure|ejecute|escriba|guarde|cierre|"
    r"elija|descargue|presione|pulse|ingrese|introduzca|espere|asegúrese|elimine|apri|clicca|seleziona|"
    r"inserisci|crea|salva|"
    r"faites|mettez|allez|ouvrez|cliquez|prüfe|öffne|wähle|klicke|gehe|erstelle|sende|lösche|starte|"
    r"stelle|lege)\b",
    re.I,
)
# The same where words do not end in Latin letters, and in Polish, Czech and the languages of the North.
_FURTHER = re.compile(
    r"[^\W\d_]+(?:йте|ите|ьте|ть|ти)(?:сь|ся)?\b"
    r"|(?:打开|点击|单击|选择|输入|确认|检查|运行|执行|安装|下载|保存|创建|新建|删除|重启|启动|停止|登录|进入|查看|配置|"
    r"设置|修改|添加|提交|等待|关闭|复制|上传|更新|請|请|將|将|使用|在.{1,20}(?:中|里|上))"
    r"|.{2,}(?:する|します|ください|[くすつぬむるぐぶう])[。.]?$"
    r"|.{2,}(?:세요|십시오|합니다|하기)[.]?$"
    r"|(?:otwórz|sprawdź|kliknij|wybierz|wpisz|uruchom|zapisz|usuń|dodaj|przejdź|zamknij|naciśnij|poczekaj|"
    r"skopiuj|zainstaluj|otevřete|klikněte|vyberte|zadejte|spusťte|uložte|zkontrolujte|öppna|klicka|välj|"
    r"skriv|kontrollera|spara|starta|tryck|åbn|klik|vælg|gem|åpne|klikk|velg|lagre|avaa|napsauta|valitse)\b",
    re.I,
)
_NOT_FOREIGN = re.compile(
    r"(?:after|other|under|over|water|paper|number|user|server|order|customer|our|for|your|their|per|"
    r"never|either|"
    r"whether|another|primary|manager|member|owner|folder|header|cluster|container|are|more|where|there|"
    r"here|before|"
    r"power|buffer|filter|counter|supplier|computer|super|hyper|ever|however|further|together|rather|later|"
    r"longer|larger|smaller|higher|lower|greater|their|secular|regular|similar|popular|calendar|near|"
    r"tertiary|library|binary|air|pair|hair|chair|stair|fire|wire|core|store|software|hardware|figure|"
    r"measure|"
    r"temperature|procedure|structure|feature|future|nature|picture|mixture|culture|centre|entire)\b",
    re.I,
)
# "Scope - what this covers" explains a word; it does not tell the reader to scope anything.
_EXPLAINS = re.compile(
    r"[^.:–—]{1,40}\s(?:[-–—]|:)\s*(?:what|how|why|who|whom|whose|which|where|qué|cómo|quién|comment|pourquoi|qui|"
    r"wie|warum|wer|welche[rs]?|como|quem|hoe|waarom|wie)\b",
    re.I,
)
_VALUE = re.compile(r"[\w.]{1,12}\s*=\s")  # a formula, or what a letter in it stands for
# An item that is a command to type, `git push --tags`, perhaps with a remark behind it.
COMMAND = re.compile(r"(`+)\s*[\w./~$-]+ [^`]+\1\s*(?:$|\(|[.,;]\s)")
_GERUND = re.compile(r"\w+ing (?:a|an|the|your|all|each|specific|new) \w", re.I)
_AROUND = " \t,-–—:*_\"“”'‘’«»„✅⚠👉➡▶\ufe0f"
_QUESTION = re.compile(r"[?？؟]\s*$")
_IN_BRACKETS = re.compile(r"\([^()]{0,200}\)|（[^（）]{0,200}）")
# What kind of step it is, before the instruction: "PREPARATION Print the list", "[RECOVERY] Send it again".
_LABEL = re.compile(
    r"\[[^\[\]]{1,40}\]\s*(?=\S)|[A-ZÄÖÜ]{4,}(?:[ /&-][A-ZÄÖÜ]{2,}){0,3}:?\s+(?=[A-ZÄÖÜ][a-zäöüß])"
)
_CLAUSE = re.compile(r"[:,;：，、;–—]\s*|(?<=[.!。])\s+")
_WITH_ARTICLES = frozenset(("de", "nl", "af", "fr", "es", "pt", "it", "ca", "en", ""))
# Written in small letters for texts in small letters: not to mind capitals takes three times as long.
_LEGAL = re.compile(
    r"\b(?:shall|hereby|herein|hereunder|thereof|hereof|liabilit(?:y|ies)|indemnif\w+|warrant(?:y|ies)|"
    r"arbitrat\w+|terms (?:and conditions|of (?:use|service))|sole discretion|"
    r"reserves? the right|liable|you (?:expressly |hereby )?(?:agree (?:that|not to)|acknowledge that|"
    r"may not use|represent and)|sole risk|prior written|jurisdiction|governing law|notwithstanding|"
    r"intellectual property|severability|forfeit\w*|agreement|responsabilité légale|haftung|"
    r"responsabilidad legal)\b"
)
_VERB_PREFIX = re.compile(
    r"(?:re|un|de|dis|pre|over|under|out|auto|mis|cross|co)-|(?:re|un|dis|pre|over)(?=\w{3})"
)
_VERB_FORM = re.compile(
    r"[a-z-]{3,}ify$|[a-z-]{3,}(?<![aeio]s)[a-z]ize$|[a-z]{3,}(?:al|it|or|er|an|in|on|ar|im|ic|ep)ise$"
    r"|(?:re|un|de|dis)-(?!\w*(?:ion|ment|al|er|or|ing|ity|ness)s?$)[a-z]{4,}$"
)
_PLAIN_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_ENGLISH = frozenset(LEXICON["en"].telltale.split())
_OTHER = frozenset(" ".join(words.telltale for code, words in LEXICON.items() if code != "en").split())


def is_english(text: str) -> bool:
    """Whether `text` is English by its commonest words and its verbs.

    >>> is_english("Open the order"), is_english("Buka paket. Periksa barang. Cetak label."), is_english("OK")
    (True, False, True)
    """
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    times = Counter(words)
    english = sum(times[word] for word in times.keys() & _ENGLISH)
    other = sum(times[word] for word in times.keys() & _OTHER)
    verbs = sum(times[word] for word in times.keys() & VERBS)
    strange = sum(count for word, count in times.items() if not word.isascii())
    if len(words) < 8 and strange * 2 > len(words):
        return False
    if english >= max(other, strange * 0.5) and english:
        return True
    if len(words) < 3 or (
        strange * 10 <= len(words) and english + verbs * 2 > other and verbs * 5 >= len(words)
    ):
        return True
    return languages.language_of(text) == "en"


def instructs(text: str, language: str = "en") -> float:
    """How clearly `text` tells the reader to do something: 1 yes, 0 no; below 0 speaks against a procedure.

    >>> instructs("Scan the tote barcode"), instructs("The tote barcode"), instructs("Is the tote full?")
    (1.0, 0.0, -1.0)
    """
    text = text[:400].strip(_AROUND)
    if label := _LABEL.match(text):
        text = text[label.end() :]
    sentences = re.split(r"(?<=[.!?？。])\s+|(?<=[。？！])", _IN_BRACKETS.sub(" ", text).strip(), maxsplit=1)
    if _QUESTION.search(sentences[0]):
        rest = sentences[1].strip() if len(sentences) > 1 else ""
        return max(0.3, instructs(rest, language)) if rest and not _QUESTION.search(rest) else -1.0
    if _VALUE.match(text):
        return -0.2
    if _EXPLAINS.match(text):
        return 0.0
    known = language in imperatives.FORMS  # its own forms tell more than endings that other languages have
    score = _imperative(text, known) if language == "en" or " " in text else 0.0
    if score < 1 and ". " in text[:300]:
        score = max(score, 0.8 * _imperative(text.split(". ", 1)[1], known))
    return score if language == "en" else max(score, _foreign(text, language))


def _foreign(text: str, language: str) -> float:
    """In another language the forms of its verbs tell; else a sentence that explains nothing may instruct."""
    stated = language in _WITH_ARTICLES and _STATEMENT.match(text)
    if imperatives.orders(text, language):
        return 0.6 if stated else 0.9
    if language not in imperatives.FORMS and _FURTHER.match(text):
        return 0.8
    if any(imperatives.orders(clause, language) for clause in _CLAUSE.split(text, maxsplit=3)[1:] if clause):
        return 0.4 if stated else 0.7
    if stated or languages.explains(text, language):
        return 0.1 if not stated else 0.0
    words = text.split()
    long = (
        len(words) >= 4 or (len(words) == 1 and len(text) >= 8) or (len(words) > 1 and text[-1:] in ".!。！।")
    )
    return 0.5 if long and not text[:1].isdigit() else 0.3


def _imperative(text: str, known: bool = False, tries: int = 4) -> float:
    for _ in range(tries):
        word = _PLAIN_WORD.match(text)
        if word and _is_verb(word[0], text[word.end() :]):
            return 1.0
        if _BE.match(text):
            return 1.0
        preamble = _PREAMBLE.match(text)
        if preamble and preamble.end() < len(text):
            text = text[preamble.end() :]
            continue
        break
    if _CONDITION.match(text):
        return _after_condition(text)
    if _DUTY.search(text[:160]):
        return 0.8
    if _STATEMENT.match(text):
        return 0.0
    if _GERUND.match(text) and names_a_task(text):
        return 0.4
    if not known and _FOREIGN.match(text) and not _NOT_FOREIGN.match(text):
        return 0.8
    return 0.0


def _after_condition(text: str) -> float:
    for clause in re.split(r"[,:;>]\s+|\s[-–—]\s|\bthen\s", text[:300])[1:5]:
        word = _PLAIN_WORD.match(clause)
        if word and _is_verb(word[0], clause[word.end() :]):
            return 1.0
        if _PREAMBLE.match(clause) and _imperative(clause, tries=2) == 1.0:
            return 1.0
    return 0.8 if _DUTY.search(text[:300]) else 0.3


def names_a_task(heading: str) -> bool:
    """Whether a heading names something to do: "Restore a backup", "Creating a release", "Releasing"."""
    word = _PLAIN_WORD.match(heading.strip(" *_"))
    if not word:
        return False
    lower = word[0].lower()
    if _is_verb(lower, heading[word.end() :]):
        return " " in heading.strip()
    if not lower.endswith("ing"):
        return False
    stem = lower[:-3]
    return bool({stem, stem + "e", stem[:-1]} & VERBS)


def _is_verb(word: str, rest: str) -> bool:
    lower = word.lower().replace("’", "'")
    if lower not in VERBS and not _made_verb(lower):
        return False
    return not _NOT_VERBS_FOLLOWED_BY.match(rest.strip())


def _made_verb(word: str) -> bool:
    """Whether a word is a verb by the way it is made: "fortify", "notarize", "re-image", "unclog"."""
    if _VERB_FORM.match(word):
        return True
    prefix = _VERB_PREFIX.match(word)
    return prefix is not None and word[prefix.end() :] in VERBS


def legal(text: str) -> int:
    """How many words of contracts and statutes `text` holds."""
    return len(_LEGAL.findall(text.lower()))
