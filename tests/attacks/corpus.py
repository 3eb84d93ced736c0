# ruff: noqa: E501  (a payload is one line)
"""What somebody could write to make a reader's browser act: data for the tests beside this file.

Each payload is one line of text. `RUN` runs where a script can; `HIT` is asked for where a request can be made.
Some are written for the page that they stand in: {id} becomes each id and name that scripts of theme and tracker
ask for (`names`), so that a document that could take the place of one of them is found.
"""

from __future__ import annotations

import re
from pathlib import Path

import material

import tracker

RUN = "window.ran=1"
HIT = "/attack-hit"
ADMIN = '{"login":"mallory","name":"Mallory","access":"admin","password":"seven brown boxes"}'

_STATIC = Path(tracker.__file__).parent / "static"
_THEME = Path(material.__file__).parent / "templates"

HTMX = [
    f"<span {a}post='/people' {a}trigger='load' {a}include='[name=csrf_token]' {a}vals='{ADMIN}'>x</span>"
    for a in ("hx-", "data-hx-")
] + [
    f"<div {a}{verb}='{HIT}' {a}trigger='{trigger}'>x</div>"
    for a in ("hx-", "data-hx-", "HX-", "Data-Hx-")
    for verb, trigger in (
        ("get", "load"), ("get", "revealed"), ("get", "every 1s"), ("get", "intersect"), ("post", "load delay:1ms"),
        ("put", "load"), ("delete", "load"), ("patch", "load"),
    )
] + [
    f"<div {a}get='{HIT}' {a}trigger='load' {a}target='body' {a}swap='innerHTML'>x</div>" for a in ("hx-", "data-hx-")
] + [
    f"<div {a}action='{HIT}' {a}method='post' {a}trigger='load'>x</div>" for a in ("hx-", "data-hx-")
] + [
    f"<div {a}on{sep}{event}='{RUN}'>x</div>"
    for a in ("hx-", "data-hx-") for sep in (":", "-") for event in ("load", "htmx:load", "click", "htmx-after-init")
] + [
    f"<a href='{HIT}' {a}boost='true'>x</a>" for a in ("hx-", "data-hx-")
] + [
    "<div hx-get='/attack-hit' hx-trigger='load' hx-ignore='false'>x</div>",
    "<div hx-get='/attack-hit:inherited' hx-trigger:inherited='load'>x</div>",
    "<div hx-swap-oob='innerHTML:#main'>gone</div>",
    "<div id='message' hx-swap-oob='true'>gone</div>",
    "<hx-partial hx-target='#main'>gone</hx-partial>",
    "<template hx type='partial' hx-target='#main'>gone</template>",
    "<div hx-ext='x' hx-sse='connect:/attack-hit' sse-connect='/attack-hit' ws-connect='/attack-hit'>x</div>",
    "<div hx-config='{\"prefix\":\"\"}' hx-status:404='x' hx-preload='load' hx-optimistic='#main'>x</div>",
    "<meta name='htmx-config' content='{\"selfRequestsOnly\":false,\"mode\":\"cors\"}'>",
]  # fmt: skip

OWN = [f"<div {attribute}>x</div>" for attribute in (
    f"data-live='{HIT}'", f"data-live='{HIT}' data-live-held data-live-seen='x'", "data-stamp", "data-repeat", "data-scan",
    "data-wedge", "data-turn='1'", "data-whole-list", "data-read", "data-sign", "data-undo", "data-take-out", "data-at-once", "data-print", "data-hit",
    f"data-idle='1' data-awake='{HIT}' data-who='1'", "data-pin", "data-guess-zone", "data-kept", "data-preview='x'",
    "data-clock='1' data-elapsed='9'", "data-sop='pack'", "data-step='0'", "data-step='999999999999'", "data-step='x'",
    "data-number='<b>'", "data-all", "data-chosen", "data-camera", "data-turned", "data-bs-theme='dark'",
    "data-bs-toggle='modal' data-bs-target='#main'",
    f"data-mentions='{HIT}'", "data-login='mallory'", "data-not-sent",
    "data-run='1'", "data-run='1'><span data-queue></span", "data-recovery='weigh'", "data-line='<b>'", "data-outcome='closed'",
    "data-said", "data-slot='why'", "data-say='refused'", "data-flush", "data-hand-in", "data-drop", "data-again", "data-leave='all'",
    "data-start='opening' data-revision='1'", "data-person='1' data-root='//evil.example/'", "data-kept='1' data-kept-person='9'",
    f"data-options='{HIT}'", f"data-glance='{HIT}'", "data-words='{done}<b>'", "data-record='x'", "data-region='x'", "data-stands='{}'",
)] + [f"<div data-md-component='{name}'>x</div>" for name in (
    "announce", "consent", "container", "content", "dialog", "header", "header-title", "header-topic", "logo", "main",
    "outdated", "palette", "progress", "search", "search-query", "search-result", "search-share", "search-suggest",
    "sidebar", "skip", "source", "tabs", "toc", "top",
)] + [
    f"<div data-md-source='{HIT}' data-md-component='source' href='{HIT}'>x</div>",
    f"<a class='md-source' data-md-component='source' href='https://github.com{HIT}'>x</a>",
    "<div data-md-toggle='search'>x</div>",
    "<div data-md-color-scheme='slate' data-md-level='1' data-md-scrollfix data-md-state='lock'>x</div>",
    "<div data-clipboard-target='#main' data-clipboard-text='x' class='md-clipboard'>x</div>",
    "<div data-tabs='1:1' class='tabbed-set'><div class='tabbed-labels'><label for='__config'>x</label></div></div>",
]  # fmt: skip

CLASSES = [f"<div class='{names}'>x</div>" for names in (
    "mermaid", "annotate", "glightbox", "md-overlay", "md-dialog md-dialog--active", "md-search__overlay", "md-banner",
    "md-top", "md-header md-header--shadow", "md-annotation", "md-tooltip md-tooltip--active", "md-toggle", "arithmatex",
    "modal show d-block", "modal-backdrop show", "offcanvas show", "position-fixed top-0 start-0 w-100 h-100", "fixed-top",
    "stretched-link", "dropdown-menu show", "toast show", "page-loader", "visually-hidden-focusable", "htmx-request",
    "htmx-indicator", "htmx-swapping", "hf-foot", "hf-bar", "hf-big", "hf-steps", "hf-step hf-current", "hf-shown",
    "hf-whole-list", "hf-unread hf-recovery", "hf-sign", "hf-problem", "hf-go", "hf-elsewhere", "hf-start", "btn btn-primary",
)] + ["<a href='/docs/' class='stretched-link position-absolute'>x</a>"]  # fmt: skip

CLOBBER = [
    "<div id='{id}'>x</div>",
    "<a id='{id}'></a><a id='{id}' name='base' href='" + HIT + "'>x</a>",
    "<form name='{id}'><input name='action' value='" + HIT + "'></form>",
    "<img name='{id}' src='x.png'>",
    "<span>x</span>{{: #{id} }}",
]
CLOBBER_OTHERS = [
    f"<script id='__config' type='application/json'>{{\"search\":\"{HIT}\"}}</script>",
    f"<div id='__config'>{{&quot;base&quot;:&quot;.&quot;,&quot;features&quot;:[],&quot;search&quot;:&quot;{HIT}&quot;}}</div>",
    f"<base href='{HIT}/'>", f"<base target='_top' href='//evil.example{HIT}'>",
    f"<form id='search' action='{HIT}'><input name='q'></form>",
    "<form><form><input name='parentNode'></form>", "<form><input name='attributes'><input name='nodeName'></form>",
    f"<object id='document' data='{HIT}'></object>", "<embed name='getElementById'>",
    "<img name='cookie'><img name='currentScript'>", "<iframe name='htmx' srcdoc='x'></iframe>",
    "<input form='search' name='q' value='x' autofocus>", f"<button form='give' formaction='{HIT}'>x</button>",
    f"<input type='image' src='{HIT}' formaction='{HIT}'>", "<input name='value' value='x' required>",
    "<textarea name='note'>x</textarea>", "<select name='run'><option selected>x</select>",
    "<label for='__drawer'>x</label>", "<output id='message' name='message'>x</output>",
    "<fieldset id='end' disabled>x</fieldset>", "<details name='why-1' open>x</details>",
    "<slot name='x'>y</slot>", "<div slot='x' part='y' exportparts='z' is='x-y'>x</div>",
    "<div itemscope itemprop='x' contenteditable autofocus tabindex='1' accesskey='s'>x</div>",
    "<div popover id='p'>x</div><button popovertarget='p' popovertargetaction='show'>x</button>",
    "<button commandfor='scanner' command='show-modal'>x</button>", "<dialog open id='scanner'>x</dialog>",
]  # fmt: skip

HANDLERS = [f"<img src=x {event}={RUN}>" for event in ("onerror", "ONERROR", "onerror\t", "/onerror", "x=1/onerror")] + [
    f"<{tag} {event}={RUN}>x</{tag}>" for tag, event in (
        ("svg", "onload"), ("body", "onload"), ("body", "onpageshow"), ("details open", "ontoggle"), ("div", "onpointerover"),
        ("input autofocus", "onfocus"), ("video src=x", "onerror"), ("audio src=x", "onerror"), ("marquee", "onstart"),
        ("style", "onload"), ("div", "onanimationstart"), ("div", "ontransitionend"), ("a", "onclick"), ("p", "onbeforematch"),
        ("xss", "onfocusin"), ("frameset", "onload"), ("object", "onerror"), ("div", "onscrollend"), ("button", "onclick"),
        ("textarea autofocus", "onfocus"), ("select autofocus", "onfocus"), ("keygen autofocus", "onfocus"),
        ("isindex type=image src=1", "onerror"), ("video><source", "onerror"), ("div popover", "onbeforetoggle"),
    )
]  # fmt: skip

SCRIPTS = [
    f"<script>{RUN}</script>", f"<SCRIPT>{RUN}</SCRIPT>", f"<script/x>{RUN}</script>", f"<script src='{HIT}'></script>",
    f"<script type=module src='{HIT}'></script>", f"<scr<script>ipt>{RUN}</scr</script>ipt>", f"<script>{RUN}//",
    f"'\"><script>{RUN}</script>", f"</title><script>{RUN}</script>", f"--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>", f"</textarea><script>{RUN}</script>", f"<<script>{RUN}//<</script>",
    f"<script type='importmap'>{{\"imports\":{{\"x\":\"{HIT}\"}}}}</script>",
    f"<script type='speculationrules'>{{\"prefetch\":[{{\"source\":\"list\",\"urls\":[\"{HIT}\"]}}]}}</script>",
    f"<iframe src='{HIT}'></iframe>", "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    f"<frameset><frame src='{HIT}'></frameset>", f"<object data='{HIT}'></object>", f"<embed src='{HIT}'>",
    f"<portal src='{HIT}'></portal>", f"<fencedframe src='{HIT}'></fencedframe>", f"<applet code='{HIT}'></applet>",
    f"<meta http-equiv='refresh' content='0;url={HIT}'>", f"<meta http-equiv='refresh' content='0;url=javascript:{RUN}'>",
    "<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\">", "<meta name='referrer' content='unsafe-url'>",
    f"<link rel='stylesheet' href='{HIT}'>", f"<link rel='preload' as='script' href='{HIT}'>", f"<link rel='prefetch' href='{HIT}'>",
    f"<link rel='import' href='{HIT}'>", f"<link rel='manifest' href='{HIT}'>", f"<link rel='modulepreload' href='{HIT}'>",
    f"<video poster='{HIT}' src='{HIT}' autoplay></video>", f"<audio src='{HIT}' autoplay></audio>",
    f"<picture><source srcset='{HIT}'><img src=x></picture>", f"<img srcset='{HIT} 1x'>", f"<img src='{HIT}'>",
    f"<img src='//127.0.0.1:9{HIT}.png'>", f"<img src='https://evil.example{HIT}.png'>", "<img src='/people'>",
    f"<img lowsrc='{HIT}' dynsrc='{HIT}'>", f"<body background='{HIT}'>", f"<table background='{HIT}'><tr><td>x</td></tr></table>",
    f"<input type=image src='{HIT}'>", f"<bgsound src='{HIT}'>", f"<image src='{HIT}'>", f"<track src='{HIT}'>",
    f"<form action='{HIT}' method=post><button>go</button></form>", f"<form action='javascript:{RUN}'><button>go</button></form>",
    f"<a href='/docs/' ping='{HIT}'>x</a>", f"<a href='/docs/' download='x' attributionsrc='{HIT}'>x</a>",
    f"<blockquote cite='javascript:{RUN}'>x</blockquote>", f"<a target='_top' href='javascript:{RUN}'>x</a>",
]  # fmt: skip

ADDRESSES = [f"<a href='{scheme}{RUN}'>x</a>" for scheme in (
    "javascript:", "JaVaScRiPt:", " javascript:", "java\tscript:", "java&#x09;script:", "java&#10;script:", "&#106;avascript:",
    "&#x6A;avascript:", "javascript&colon;", "&#1;javascript:", "javascript&#58;", "java&NewLine;script:", "jav&Tab;ascript:",
    "vbscript:", "livescript:", "data:text/html,<script>", "data:text/html;base64,", "view-source:javascript:", "feed:javascript:",
    "blob:javascript:", "filesystem:javascript:", "\u0001javascript:", "\u2028javascript:", "javascript://%0a", "//\\javascript:",
)] + [
    f"[x](javascript:{RUN})", f"[x](JAVASCRIPT:{RUN})", f"[x]( java&#x73;cript:{RUN})", f"[x](<javascript:{RUN}>)", f"<javascript:{RUN}>",
    f"[x](data:text/html,<script>{RUN}</script>)", f"![x](javascript:{RUN})", f"![x](data:image/svg+xml,<svg onload={RUN}>)",
    f"![x]({HIT})", f"![x](x.png \"\"onerror={RUN}\")", f"![\"onerror=\"{RUN}](x.png)", f"[x](x \"' onclick={RUN} '\")",
    f"[a]: javascript:{RUN}", f"[x][a] [a]: <javascript:{RUN}>", f"[x](#\" onclick=\"{RUN})", "<mailto:x@y\"onclick=alert(1)>",
]  # fmt: skip

DRAWN = [
    f"<svg><script>{RUN}</script></svg>", f"<svg><a xlink:href='javascript:{RUN}'><text>x</text></a></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>", f"<svg><set onbegin={RUN} attributeName=x></svg>",
    f"<svg><use href='data:image/svg+xml,<svg id=x onload={RUN}>#x'></svg>", f"<svg><image href='{HIT}'/></svg>",
    f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>", f"<svg><style>@import '{HIT}';</style></svg>",
    f"<svg><a><animate attributeName=href values=javascript:{RUN} /><text>x</text></a></svg>", f"<svg><feImage href='{HIT}'/></svg>",
    f"<svg><title><img src=x onerror={RUN}></title></svg>", f"<svg><desc><img src=x onerror={RUN}></desc></svg>",
    f"<svg></p><style><a id='</style><img src=x onerror={RUN}>'>", f"<svg><p><style><img src='</style><img src=x onerror={RUN}>'>",
    f"<math><mtext><style><img src=x onerror={RUN}></style></mtext></math>", f"<math href='javascript:{RUN}'>x</math>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RUN}&gt;'>",
    f"<math><maction actiontype='statusline#' xlink:href='javascript:{RUN}'>x</maction></math>",
    f"<math><annotation-xml encoding='text/html'><img src=x onerror={RUN}></annotation-xml></math>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'></noscript>", f"<title><a title='</title><img src=x onerror={RUN}>'>",
    f"<textarea><p title='</textarea><img src=x onerror={RUN}>'>", f"<xmp><p title='</xmp><img src=x onerror={RUN}>'>",
    f"<noembed><p title='</noembed><img src=x onerror={RUN}>'>", f"<template><img src=x onerror={RUN}></template>",
    f"<template shadowrootmode=open><img src=x onerror={RUN}></template>", f"<iframe><p title='</iframe><img src=x onerror={RUN}>'>",
    f"<plaintext><img src=x onerror={RUN}>", f"<select><template><img src=x onerror={RUN}></template></select>",
    f"<table><td><svg><desc><td><title></desc><img src=x onerror={RUN}></title>", f"<!--><img src=x onerror={RUN}>-->",
    f"<!-- --!><img src=x onerror={RUN}> -->", f"<![CDATA[><img src=x onerror={RUN}>]]>", f"<?xml ><img src=x onerror={RUN}>?>",
    f"<div title='`<img src=x onerror={RUN}>`'>x</div>", f"<p title=\"</p><img src=x onerror={RUN}>\">x</p>",
]  # fmt: skip

STYLES = [
    "<div style='position:fixed;inset:0;z-index:9999;background:#f00'>x</div>", f"<div style='background:url({HIT})'>x</div>",
    f"<style>@import '{HIT}';</style>", "<style>body{display:none}</style>", f"<div style='x:expression({RUN})'>x</div>",
    f"<style>input[value^=a]{{background:url({HIT})}}</style>", "<div style='content:attr(value)'>x</div>",
    f"<td style='background:url({HIT});text-align:left'>x</td>", f"<font face='x' style='src:url({HIT})'>x</font>",
    f"<span style='-moz-binding:url({HIT})'>x</span>", "<div style='all:unset;position:sticky;top:0'>x</div>",
    "<link rel=stylesheet href='data:text/css,body%7Bdisplay:none%7D'>", "<div hidden inert aria-hidden='true'>x</div>",
    "<marquee behavior='alternate'>x</marquee>", "<dialog open style='inset:0'>x</dialog>",
]  # fmt: skip

LISTS = [f"Text {{: {what} }}" for what in (
    f"onclick={RUN}", f"data-hx-get={HIT} data-hx-trigger=load", f"hx-get={HIT} hx-trigger=load", "style=position:fixed",
    "#__config", "#main .modal .show", "data-live=" + HIT, "data-step=999", "name=parentNode", f"formaction={HIT}", "is=x-y",
    "srcdoc='<script>parent.ran=1</script>'", "class='md-overlay'", "data-md-component=announce", f"href=javascript:{RUN}",
)] + [
    f"**bold**{{: data-hx-get={HIT} data-hx-trigger=load }}", f"[x](y.md){{: onclick={RUN} href=javascript:{RUN} }}",
    f"![x](y.png){{: onerror={RUN} src={HIT} srcset={HIT} }}", f"`code`{{: data-md-component=search onmouseover={RUN} }}",
    f"*x*{{: target=_top ping={HIT} rel=opener download }}",
]  # fmt: skip

TEMPLATES = [
    "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% raw %}x{% endraw %}", "{{ config.SECRET_KEY }}", "{{ ''.__class__ }}",
    "{% include '/etc/passwd' %}", "{{ request.environ }}", "{{ url_for('static', filename='x') }}", "%(name)s %s {name} {0}",
    "--8<-- \"/etc/passwd\"", "!!! include /etc/passwd", "[[toc]] [TOC]", "<!-- material/tags --> <!-- md:version x -->",
    "*[HTML]: <img src=x onerror=window.ran=1>", "[^1]: <img src=x onerror=window.ran=1>", "x[^<script>] [^<script>]: y",
    "| <img src=x onerror=window.ran=1> | `<script>` |", "`````x\" onclick=\"window.ran=1", ":::note{onclick=window.ran=1}",
    "=== \"<img src=x onerror=window.ran=1>\"", "??? note \"<img src=x onerror=window.ran=1>\"", "+++ x = 1 +++",
    "=1+1", "@SUM(1)", "-2+3", "+cmd|' /C calc'!A0", "\u202egnp.exe", "\u200b\ufeff", "&lt;script&gt;window.ran=1&lt;/script&gt;",
]  # fmt: skip


def names() -> list[str]:
    """The ids, names and globals that scripts of the theme and of the tracker ask for, and those of their pages."""
    scripts = [path.read_text() for folder in (_STATIC, _STATIC / "phone") for path in folder.glob("*.js")]
    scripts += [path.read_text() for path in _THEME.glob("assets/javascripts/bundle*.js")]
    scripts += [(_STATIC / "vendor/htmx.min.js").read_text()]
    templates = Path(tracker.__file__).parent.parent / "templates"
    pages = [path.read_text() for folder in (templates, _THEME) for path in folder.rglob("*.html")]
    asked = {name for text in scripts for name in re.findall(r"""getElementById\(["'`]([\w-]+)""", text)}
    asked |= {name for text in scripts for name in re.findall(r"""["'`]#([\w-]+)["'`\s>]""", text)}
    asked |= {
        name
        for text in scripts
        for name in re.findall(r"""\b(?:window|globalThis|document)\.(\w+\$?)""", text)
    }
    asked |= {name for text in pages for name in re.findall(r"""\bid="([\w-]+)\"""", text)}
    asked |= {name for text in pages for name in re.findall(r"""\b(__md_\w+)""", text)}
    return sorted(asked | {"__config", "htmx", "location", "parentNode", "body", "forms", "cookie"})


def clobbering() -> list[str]:
    """Each of these names in one of the ways to take it."""
    return [CLOBBER[n % len(CLOBBER)].format(id=name) for n, name in enumerate(names())]


EVERY = [
    *HTMX, *OWN, *CLASSES, *CLOBBER_OTHERS, *HANDLERS, *SCRIPTS, *ADDRESSES, *DRAWN, *STYLES, *LISTS, *TEMPLATES, *clobbering(),
]  # fmt: skip
