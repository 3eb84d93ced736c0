"""How instructions begin and end in each language of the lexicon: forms of verbs, and the commonest verbs.

The forms are those of the imperative and, where instructions are written so, of the infinitive. They are
looked for in texts of that language only, so a form may look like a noun of another one.
"""

from __future__ import annotations

import re
from functools import cache

_CYRILLIC_FORMS = (
    r"\w+(?:йте|ите|ьте|ете)(?:ся|сь)?|(?!\w*(?:[оеа]сть|[оеа]сти)\b)\w{2,}(?:ть|ти|чь)(?:ся|сь)?"
)

# How the first word of an instruction reads, and how its last one does.
FORMS: dict[str, tuple[str, str]] = {
    "de": (
        r"[^\W\d_]+(?:en|ern|eln) Sie|[^\W\d_]{2,}e (?:den|die|das|dem|ein|eine|einen|auf|in|im|zu|zum|zur|"
        r"mit|alle|"
        r"sie|es|ihn|dein\w*|nun|dann|bitte|jetzt|unter|bei|an|am|ins|nach|aus|oben|unten|links|rechts|"
        r"nicht|\*\*)\b|"
        r"(?:gib|nimm|lies|wirf|miss|sieh|hilf|geh|komm|schreib|mach|stell|leg|setz|schalt|druck|prüf|öffne|"
        r"wähle|"
        r"klicke?|drücke?|gehe|warte|scanne|melde|trage?|fülle|schließe?|starte|stecke|ziehe?|halte?|"
        r"bringe?|hole?|"
        r"notiere|bestätige|entferne|kontrolliere|verwende|installiere|kopiere|ändere|erstelle|speichere|"
        r"lade|"
        r"lösche|sende|schicke|navigiere|suche|führe?|achte|stelle|lege)",
        r"[a-zäöüß]{2,}(?:en|ern|eln|tun)",
    ),
    "nl": (
        r"(?:open|klik|kies|druk|ga|maak|zet|plaats|controleer|vul|voer|sluit|wacht|verwijder|selecteer|"
        r"gebruik|"
        r"noteer|meld|start|stop|kopieer|installeer|bewaar|verstuur|stuur|haal|leg|neem|zoek|zorg|scan|"
        r"bevestig|"
        r"voeg|schakel|log|typ|bekijk|lees|neem|stel|pas|check|laat|geef|reinig|bel)",
        r"[a-z]{3,}en",
    ),
    "fr": (
        r"(?:ne (?:pas )?)?(?:[ns]e |s['’])?[^\W\d_]{2,}(?:ez|er|ir|re|oir)|(?:fais|mets|va|ouvre|clique|"
        r"vérifie|ferme|"
        r"choisis|saisis|lance|appuie|attends|prends|pose|imprime|contrôle|sélectionne|crée|envoie|ajoute)",
        "",
    ),
    "es": (
        r"(?:no )?[^\W\d_]{2,}(?:ar|er|ir)(?:se|lo|la|los|las|le|les)?|(?:no )?[^\W\d_]{3,}(?:e|en|a|"
        r"an)(?:se|lo|la)? "
        r"(?:el|la|los|las|un|una|en|al|que|su|este|esta|si|todos|todas|cada|hasta)|"
        r"(?:haga|haz|abra|abre|pulse|pulsa|vaya|ve|ponga|pon|elija|elige|cierre|cierra|espere|espera|diga|"
        r"tome|"
        r"asegúrese|asegúrate|retire|retira|coloque|coloca|imprima|imprime|revise|revisa|anote|anota|llame|"
        r"llama)",
        "",
    ),
    "pt": (
        r"(?:não )?[^\W\d_]{2,}(?:ar|er|ir|or)(?:-se)?|(?:não )?[^\W\d_]{3,}(?:e|a|em|am) "
        r"(?:o|a|os|as|um|uma|no|na|nos|nas|em|ao|à|que|seu|sua|se|todos|todas|"
        r"cada|até)|"
        r"(?:abra|abre|clique|faça|vá|ponha|escolha|feche|aguarde|retire|coloque|imprima|verifique|anote|"
        r"ligue|"
        r"desligue|selecione|digite|insira|acesse|confirme|envie|salve|execute)",
        "",
    ),
    "it": (
        r"(?:non )?[^\W\d_]{2,}(?:are|ere|ire|rre|arsi|ersi|irsi)|[^\W\d_]{2,}(?:ate|ete|ite)|(?:apri|apra|"
        r"fai|vai|metti|"
        r"chiudi|premi|scegli|clicca|seleziona|inserisci|controlla|verifica|stampa|attendi|prendi|posiziona|"
        r"salva|"
        r"crea|invia|scrivi|togli|rimuovi|spegni|accendi|usa|copia|incolla|conferma|avvia|aggiungi|"
        r"assicurati)",
        "",
    ),
    "ro": (
        r"(?:nu )?[^\W\d_]{2,}(?:ați|eți|iți|aţi|eţi|iţi|ează|ește|eşte)(?:-\w+)?|a [^\W\d_]{3,}|se \w+ă|"
        r"(?:deschide|verifică|tipărește|închide|pune|apasă|selectează|alege|scrie|mergi|fă|salvează|șterge|"
        r"adaugă|"
        r"trimite|așteaptă|ia|scoate|introdu|completează|pornește|oprește|scanează|notează|confirmă|anunță|"
        r"asigură)",
        "",
    ),
    "pl": (
        r"(?:nie )?[^\W\d_]{2,}(?:ij|yj|aj|uj|ej|ój|dź|ź|ść|rz|ń|isz|ysz|cie|my|ać|eć|ić|yć|ąć|uć|źć|"
        r"ść)(?: się)?|"
        r"(?:nie )?(?:otwórz|wpisz|zapisz|pisz|przepisz|podpisz|kliknij|wybierz|weź|idź|zrób|włącz|wyłącz|"
        r"połącz|dołącz|"
        r"załącz|oznacz|zaznacz|odłącz|policz|zlicz|oblicz|rozlicz|wróć|umieść|wyślij|usuń|dodaj|odbierz|"
        r"zbierz|pobierz|"
        r"ustaw|popraw|przygotuj|wstaw|zostaw|postaw|zgłoś|zaloguj|wyloguj|skanuj|zeskanuj|złóż|włóż|połóż|"
        r"odłóż|"
        r"nałóż|załóż|zdejmij|zamknij|sprawdź|zatwierdź|potwierdź|wydrukuj|przenieś|podnieś|dotknij|"
        r"naciśnij|upewnij)",
        "",
    ),
    "cs": (
        r"(?:ne)?[^\W\d_]{2,}(?:te|ejte|ěte|ujte)(?: s[ei])?|[^\W\d_]{2,}(?:it|et|ět|at|ovat|ít|át|out|nout|"
        r"ést|ézt)(?: s[ei])?|"
        r"(?:otevři|klikni|vyber|zadej|spusť|ulož|zkontroluj|zavři|vytiskni|polož|dej|vezmi|napiš|počkej|"
        r"stiskni|nastav|"
        r"přidej|odešli|smaž|vlož|ověř|připrav|vyplň|zapiš|oznam|přihlas)",
        "",
    ),
    "sk": (
        r"(?:ne)?[^\W\d_]{2,}(?:te|ajte|ujte)(?: s[ai])?|[^\W\d_]{2,}(?:iť|eť|ať|ovať|úť|núť|ieť|"
        r"iesť)(?: s[ai])?|"
        r"(?:otvor|klikni|vyber|zadaj|spusti|ulož|skontroluj|zavri|vytlač|polož|daj|vezmi|napíš|počkaj|"
        r"stlač|nastav|"
        r"pridaj|odošli|vymaž|vlož|over|priprav|vyplň|zapíš|oznám|prihlás)",
        "",
    ),
    "hr": (
        r"(?:ne(?:moj(?:te)?)? )?[^\W\d_]{2,}(?:ite|ajte|jte|aj|uj|ej)|[^\W\d_]{3,}(?:ti|ati|iti|nuti)|"
        r"(?:otvori|provjeri|ispiši|zatvori|stavi|klikni|odaberi|unesi|pritisni|spremi|obriši|dodaj|pošalji|"
        r"pričekaj|"
        r"uzmi|upiši|pokreni|zaustavi|potvrdi|skeniraj|izvadi|spoji|uključi|isključi|prebroji|zapiši|nazovi|"
        r"[^\W\d_]{3,}i)",
        "",
    ),
    "sl": (
        r"[^\W\d_]{2,}(?:ite|ajte|jte|aj|uj)|[^\W\d_]{3,}(?:ti|ati|iti)|(?:odpri|preveri|natisni|zapri|"
        r"postavi|klikni|"
        r"izberi|vnesi|pritisni|shrani|izbriši|dodaj|pošlji|počakaj|vzemi|vpiši|zaženi|ustavi|potrdi|"
        r"[^\W\d_]{3,}i)",
        "",
    ),
    "hu": (
        r"(?:ne )?[^\W\d_]{2,}(?:ssa|sse|zze|zza|tsa|tse|jon|jen|jön|son|sen|sön|zon|zen|zön|gyen|gye|lja|"
        r"lje|rja|rje|nja|"
        r"nje|dja|dje|bja|bje|kja|kje|mja|mje|tja|tje|ódjon|ődjön|sd|zd|jd|íts|ani|eni)|"
        r"(?:nyisd|nyomd|kattints|válaszd|írd|tedd|vedd|zárd|ellenőrizd|indítsd|mentsd|töröld|add|küldd|"
        r"várj|menj|tölts|"
        r"töltse|tegye|vegye|várjon|menjen|adja|húzza)",
        r"[^\W\d_]{2,}(?:ása|ése|ani|eni)",
    ),
    "bg": (
        _CYRILLIC_FORMS
        + r"|(?:отвори|провери|натисни|избери|въведи|затвори|постави|изпрати|запиши|изчакай)",
        "",
    ),
    "ru": (
        _CYRILLIC_FORMS
        + r"|(?:не )?(?:\w+(?:йте|ите))|(?:открой|проверь|нажми|выбери|введи|закрой|поставь|запусти|"
        r"сохрани|удали|добавь|отправь|подожди|сделай|убедись|возьми|положи|запиши|напиши|перейди|создай|"
        r"скачай|"
        r"установи|выполни|включи|выключи|зайди|сообщи)",
        "",
    ),
    "uk": (
        _CYRILLIC_FORMS
        + r"|\w+(?:іть|йте)(?:ся|сь)?|(?:відкрий|перевір|натисни|вибери|введи|закрий|постав|запусти|"
        r"збережи|видали|додай|надішли|зачекай)",
        "",
    ),
    "sr": (r"\w+(?:ите|ајте|јте)|\w{3,}(?:ти|ати|ити)|\w{3,}(?:и|ај|уј)", ""),
    "el": (
        r"(?:μην? )?[^\W\d_]{2,}(?:ετε|στε|ήστε|άτε|είτε|τε|ξτε|ψτε)|[^\W\d_]{3,}(?:ξε|ψε|σε|νε|λε|ρε|ησε|"
        r"ισε)|"
        r"(?:βάλε|πάρε|πες|δες|κλείσε|άνοιξε)",
        "",
    ),
    "tr": (
        "",
        r"[^\W\d_]{2,}(?:ın|in|un|ün|ınız|iniz|unuz|ünüz|mak|mek|malısınız|melisiniz|malı|meli|ılır|ilir|"
        r"ulur|ülür|lanır|"
        r"lenir|mayın|meyin|elim|alım|ması|mesi|nız|niz)|(?:et|aç|kapat|yaz|bas|seç|gir|tıkla|ekle|sil|"
        r"kaydet|koy|al|"
        r"ver|gönder|onayla|bekle|kontrol et|oku|çıkar|tak|başlat|durdur|yap|git|kur|indir|yükle|temizle|"
        r"tara|bul)",
    ),
    "ar": (
        r"(?:ثم |لا |و)?(?:افتح|افحص|اطبع|أغلق|اغلق|ضع|اضغط|اختر|أدخل|ادخل|تحقق|تأكد|قم|انقر|سجل|احفظ|أرسل|"
        r"ارسل|انتظر|أزل|"
        r"استخدم|اكتب|حدد|اذهب|انتقل|شغل|شغّل|أوقف|املأ|راجع|خذ|أضف|اضف|احذف|انسخ|الصق|نزل|ثبت|أنشئ|انشئ|"
        r"اتصل|أبلغ|"
        r"ارفع|اسحب|أخرج|أعد|اقرأ|ابحث|اتبع|امسح|نظف|جهز|أكد|يجب|يتم|قُم|فتح|إغلاق|فحص|طباعة|التحقق|التأكد|"
        r"إدخال|اختيار|"
        r"وضع|تسجيل|إرسال|تشغيل|إيقاف|إضافة|حذف)\w*",
        "",
    ),
    "fa": (r"\w+ را\b", r"[^\W\d_‌]+(?:ید|کنید|دهید|بزنید|نمایید|شود|کردن|دادن|زدن)"),
    "he": (
        r"(?:אל |נא |יש |לא )?(?:פתח|בדוק|הדפס|סגור|שים|לחץ|בחר|הזן|הקלד|שמור|מחק|הוסף|שלח|המתן|קח|הוצא|"
        r"הכנס|מלא|הפעל|"
        r"כבה|סרוק|רשום|ודא|אשר|עבור|גש|צור|הורד|התקן|העתק|הדבק|השתמש|קרא|חפש|נקה|הנח|הסר|התקשר|"
        r"דווח)\w{0,2}|ל[^\W\d_]{3,}|"
        r"יש ל\w+",
        "",
    ),
    "hi": ("", r".*(?:ें|एं|एँ|ऐं|ो|िए|इए|िये|ना|ाएँ|ाएं|ाओ|करो|दो)"),
    "id": (
        r"(?:jangan |silakan |harap |mohon )?(?:buka|periksa|cetak|tutup|taruh|klik|pilih|masuk|tekan|"
        r"simpan|hapus|tambah|"
        r"pasti|jalan|kirim|isi|tunggu|unduh|unggah|ambil|letak|guna|siap|laku|catat|hubungi|baca|tulis|"
        r"ketik|salin|"
        r"tempel|pasang|lepas|cabut|nyala|mati|bersih|ulang|cek|cari|beri|buat|atur|ubah|lihat|hitung|"
        r"timbang|pindai|"
        r"konfirmasi|verifikasi|lapor|login|keluar|kembali|instal|ikuti|lanjut|angkat|bawa|pindah|kemas|"
        r"segel|scan)"
        r"(?:kan|lah|i)?(?:lah)?|(?:me|mem|men|meng|meny|menge)[^\W\d_]{3,}",
        "",
    ),
    "vi": (
        r"(?:hãy |không |đừng )?(?:mở|kiểm tra|in|đóng|đặt|nhấn|chọn|nhập|bấm|lưu|xóa|xoá|thêm|tạo|gửi|tải|"
        r"cài|chạy|đăng nhập|"
        r"đăng ký|đăng xuất|truy cập|vào|xác nhận|xác minh|điền|sử dụng|dùng|ghi|lấy|cắm|bật|tắt|đảm bảo|"
        r"chờ|đợi|sao chép|"
        r"dán|quét|đóng gói|gọi|báo|click|nhấp|kéo|thả|chuyển|quay|đọc|viết|tìm|cho|rửa|lau|tháo|lắp|gắn|"
        r"mang|chuẩn bị|"
        r"thực hiện|tiến hành|thay|sửa|cập nhật|kết nối|khởi động|dừng|cân|đo|đếm|dọn|vệ sinh|bỏ|đưa|giao|"
        r"ký|thông báo)",
        "",
    ),
    "th": (
        r"(?:ให้|กรุณา|อย่า)?(?:เปิด|ปิด|ตรวจ|กด|เลือก|พิมพ์|คลิก|ใส่|บันทึก|ลบ|เพิ่ม|ส่ง|รอ|วาง|ดาวน์โหลด|"
        r"ติดตั้ง|ไป|ป้อน|"
        r"ล้าง|นำ|ใช้|ทำ|กรอก|สแกน|สร้าง|เข้า|ออก|หยิบ|ถอด|เสียบ|เช็ด|แจ้ง|โทร|นับ|ชั่ง|วัด|พิมพ์|แก้|อ่าน|"
        r"เขียน|ยืนยัน)",
        "",
    ),
    "zh": (
        r"(?:请|請|先|再|然后|然後|接着|最后|最後|首先|将|將|把|用|使用|在.{1,20}(?:中|里|裡|上|下|后|後|内|內)|若|如果|如|当|當|不要|"
        r"务必|必须|需要|应)|(?:打开|打開|点击|點擊|点选|點選|单击|双击|右键|选择|選擇|选中|勾选|勾選|输入|輸入|填写|填寫|确认|確認|"
        r"确保|確保|检查|檢查|核对|核對|核实|查看|查找|查询|運行|运行|执行|執行|安装|安裝|下载|下載|上传|上傳|保存|儲存|创建|創建|"
        r"新建|建立|删除|刪除|重启|重啟|启动|啟動|停止|关闭|關閉|登录|登入|登錄|进入|進入|配置|设置|設置|修改|添加|新增|提交|等待|"
        r"复制|複製|粘贴|贴上|更新|打印|列印|扫描|掃描|放入|放置|放到|取出|取下|拿|按下|按|拔|插|拆|装|裝|清洁|清潔|清洗|清理|准备|"
        r"準備|通知|联系|聯繫|记录|記錄|测量|測量|称|计算|編輯|编辑|发送|發送|返回|回到|切换|切換|连接|連接|断开|解压|编译|构建|部署|"
        r"备份|恢复|验证|驗證|测试|測試|收集|整理|分析|处理|處理|完成|退出|注册|导入|导出|导航|转到|前往|拉取|推送|合并|克隆|审核|"
        r"批准|签字|封箱|贴|装箱|打包|称重|签收|开启|开|关|写|读|看|找|加|减|移|拉|推|转|调|洗|擦|倒|剪|折|卷|盖|锁|送|交|领|收)",
        "",
    ),
    "ja": (
        "",
        r".+(?:する|します|しましょう|ください|下さい|こと|せよ|しろ|ます|[くつぬむるぐぶう]|(?<!で)す|"
        r"確認|入力|選択|クリック|実行|起動|停止|保存|削除|追加|作成|送信|設定|インストール|ダウンロード|記入|報告|連絡|準備|"
        r"取り外し|取り付け|交換|清掃|洗浄|点検|登録|更新|押下|移動|終了|開始|ログイン)(?:（.*）|\(.*\))?",
    ),
    "ko": (
        "",
        r".+(?:세요|시오|십시오|니다|한다|하기|기|하고|함|음|해라|하라|된다|준다|온다|는다|인다|난다|간다|"
        r"확인|입력|선택|클릭|실행|설치|저장|삭제|추가|생성|전송|설정|작성|보고|준비|교체|청소|점검|등록|이동|종료|시작|로그인)",
    ),
    "sv": (
        r"(?:öppna|klicka|välj|skriv|kontrollera|spara|starta|tryck|stäng|lägg|ta|sätt|gå|vänta|fyll|skicka|"
        r"radera|ange|"
        r"hämta|ladda|notera|meddela|ring|läs|se|mät|väg|räkna|ställ|stoppa|logga|kör|skanna|bekräfta|"
        r"använd|gör|"
        r"fäst|lossa|rengör|byt|dra|koppla|vrid|häll|torka|packa|märk|rapportera|informera|installera|lägg|"
        r"[^\W\d_]{4,}era)",
        "",
    ),
    "da": (
        r"(?:åbn|klik|vælg|skriv|kontroll?[eé]r|gem|start|tryk|luk|læg|tag|sæt|gå|vent|udfyld|send|slet|"
        r"angiv|hent|notér|"
        r"noter|meddel|ring|læs|se|mål|vej|tæl|stil|stop|log|kør|scan|bekræft|brug|gør|tjek|rengør|skift|"
        r"træk|tilslut|drej|"
        r"hæld|tør|pak|mærk|rapporter|informer|installer|indtast|fjern|sørg|[^\W\d_]{4,}[eé]r)",
        "",
    ),
    "nb": (
        r"(?:åpne|klikk|velg|skriv|kontroller|lagre|start|trykk|lukk|legg|ta|sett|gå|vent|fyll|send|slett|"
        r"angi|hent|noter|"
        r"meld|ring|les|se|mål|vei|tell|still|stopp|logg|kjør|skann|bekreft|bruk|gjør|sjekk|rengjør|bytt|"
        r"trekk|koble|vri|"
        r"hell|tørk|pakk|merk|rapporter|informer|installer|tast|fjern|sørg|[^\W\d_]{4,}er)",
        "",
    ),
    "fi": (
        r"[^\W\d_]{3,}(?:kaa|kää)|(?:avaa|napsauta|valitse|paina|tarkista|tulosta|sulje|laita|aseta|"
        r"kirjoita|tallenna|"
        r"poista|lisää|lähetä|odota|ota|syötä|käynnistä|pysäytä|vahvista|irrota|kiinnitä|puhdista|vaihda|"
        r"kirjaa|ilmoita|"
        r"soita|lue|mittaa|punnitse|laske|siirry|siirrä|käytä|tee|mene|varmista|asenna|lataa|kopioi|täytä|"
        r"kytke|pakkaa)",
        "",
    ),
    "et": (
        r"[^\W\d_]{2,}(?:ge|ke)|(?:ava|kontrolli|prindi|sulge|pane|vali|vajuta|sisesta|salvesta|kustuta|"
        r"lisa|saada|oota|"
        r"võta|käivita|peata|kinnita|täida|kirjuta|eemalda|klõpsa|teata|loe|kaalu)",
        "",
    ),
    "lv": (
        r"[^\W\d_]{2,}(?:iet|ieties)|(?:atver|pārbaudi|drukā|aizver|noliec|izvēlies|nospied|ievadi|saglabā|"
        r"izdzēs|"
        r"pievieno|nosūti|gaidi|paņem)|[^\W\d_]{3,}(?:āt|ēt|īt|ot)",
        "",
    ),
    "lt": (
        r"[^\W\d_]{2,}(?:kite|kitės|k|kis)|[^\W\d_]{3,}(?:ti|tis)",
        "",
    ),
    "af": (
        r"(?:maak|kyk|stuur|gaan|kies|voeg|gebruik|skep|stel|kontroleer|bevestig|skryf|vra|neem|druk|klik|"
        r"sit|plaas|open|"
        r"tik|wag|verwyder|teken|lees|bel|sluit|laai|stoor|begin)",
        "",
    ),
    "ca": (r"[^\W\d_]{2,}(?:eu|iu|ar|er|ir|re)|(?:obre|prem|clica|tria|tanca|escriu|desa|comprova|posa)", ""),
}  # fmt: skip

_SPACED_END = r"[\s.!;:)\]。！।]*$"


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    first, last = FORMS.get(language, ("", ""))
    spaced = language not in ("zh", "ja", "th", "ko", "hi")
    start = rf"(?:{first})(?!\w)" if spaced else f"(?:{first})"
    end = rf"(?<!\w)(?:{last}){_SPACED_END}" if spaced else f"(?:{last}){_SPACED_END}"
    flags = re.I if language != "de" else re.NOFLAG  # a German noun has a capital
    return (
        re.compile(start if first else r"(?!)", re.I),
        re.compile(end if last else r"(?!)", flags),
    )


def orders(text: str, language: str) -> bool:
    """Whether `text` begins or ends as instructions do in the language.

    >>> orders("Paketi açın.", "tr"), orders("Karton zukleben", "de"), orders("Netz und Filter", "de")
    (True, True, False)
    """
    start, end = _patterns(language)
    if start.match(text):
        return True
    return end.search(text, max(0, len(text) - 80)) is not None
