"""What people are told, in sentences: for pages and reports alike, and for mails and programs.

Each function takes a `voice.Texts` (a language) or a `voice.Voice` (language, zone and time); none asks who
reads. The web binds them to whoever reads a page (`tracker.web.spoken`).
"""
