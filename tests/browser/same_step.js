// What a step is made of, without what a page adds to it, and the look of each part in terms of the step's own size.
(step) => {
  const nodes = [step];
  if (/^H[1-6]$/.test(step.tagName)) {  // with what follows it, up to the next step
    const over = e => !e || /^H/.test(e.tagName) || e.matches('footer, .hf-startbar');
    for (let next = step.nextElementSibling; !over(next); next = next.nextElementSibling) nodes.push(next);
  }
  const base = parseFloat(getComputedStyle(nodes[0].tagName[0] == 'H' ? nodes[0].parentElement : nodes[0]).fontSize);
  const own = e => !e.closest('.recovery') && (e.closest('.step') || nodes[0]) === (nodes[0].closest('.step') || nodes[0]);
  const SKIP = '.headerlink, .recovery, .task-list-control, .footnote, .hf-badges, li.step, .md-code__nav';
  const UNWRAP = '.md-typeset__scrollwrap, .md-typeset__table';
  const inside = e => [...e.childNodes].map(written).join('');
  const written = e => {
    if (e.nodeType == 3) return e.data.replace(/\s+/g, ' ');
    if (e.nodeType != 1 || e.matches(SKIP)) return '';
    const text = inside(e);
    if (e.matches(UNWRAP) || (e.matches('ol, ul') && !text.trim())) return text;
    const tag = /^H[1-6]$/.test(e.tagName) ? 'p' : e.tagName.toLowerCase();
    const kept = ['alt', 'title', 'align', 'open'].filter(a => e.hasAttribute(a)).map(a => ` ${a}=${e.getAttribute(a)}`);
    return `<${tag}${kept.join('')}>${text}</${tag}>`;
  };
  const whole = nodes[0].matches('li, .hf-step-text, .hf-line') ? inside(nodes[0]) : nodes.map(written).join('');
  const all = selector => nodes.flatMap(n => [...(n.matches(selector) ? [n] : []), ...n.querySelectorAll(selector)]).filter(own);
  const em = (value, size) => (parseFloat(value) / size).toFixed(2);
  const title = e => (e = e.closest('h1, h2, h3, h4, h5, h6, .step-heading')) ? parseFloat(getComputedStyle(e).fontSize) : base;
  const look = (e, pseudo) => {
    const s = getComputedStyle(e, pseudo), size = parseFloat(s.fontSize);
    return {
      size: em(s.fontSize, title(e)), weight: s.fontWeight, style: s.fontStyle, family: s.fontFamily, color: s.color,
      background: s.backgroundColor, padding: ['Top', 'Right', 'Bottom', 'Left'].map(k => em(s['padding' + k], size)).join(' '),
      border: ['Top', 'Left', 'Bottom'].map(k => `${s[`border${k}Width`]} ${s[`border${k}Style`]} ${parseFloat(s[`border${k}Width`]) ? s[`border${k}Color`] : ''}`).join(', '),
      radius: em(s.borderTopLeftRadius, size), align: s.textAlign, line: s.textDecorationLine, mask: s.maskImage, space: s.whiteSpace,
    };
  };
  const PARTS = ['table', 'th', 'td', 'th[align]', 'td[align]', ':not(pre) > code', 'pre > code', '.highlight .k', '.highlight .s2', '.highlight .mi',
    '.highlight .c1', '.highlight .nf', '.admonition', '.admonition-title', '.admonition > p:not(.admonition-title)', 'details:not(.recovery)',
    'details:not(.recovery) > summary', 'blockquote', 'blockquote blockquote', 'a[href*=plain]', 'strong', 'em', 'hr', 'abbr', 'sup > a'];
  const looks = {};
  for (const part of PARTS) all(part).forEach((e, i) => looks[`${part} ${i}`] = look(e));
  all('.admonition-title, summary').forEach((e, i) => looks[`icon ${i}`] = look(e, '::before'));
  all('ul:not(:has(> .step))').forEach((e, i) => looks[`bullets ${i}`] = getComputedStyle(e.firstElementChild).listStyleType);
  for (const image of all('img')) {
    const room = image.parentElement.getBoundingClientRect().width;
    looks.image = [image.naturalWidth, (image.getBoundingClientRect().width / room).toFixed(2), getComputedStyle(image).borderRadius != '0px'];
  }
  const badges = all('.hf-badge').map(b => [b.innerText.trim(), b.className, {...look(b), icon: look(b, '::before').mask}]);
  const before = all('.hf-badges').map(row => {
    while ((row = row.previousSibling) && !row.textContent.trim()) ;
    return row && row.textContent.replace('¶', '').trim();
  });
  return {html: whole.replace(/>\s+/g, '>').replace(/\s+</g, '<').trim(), looks, badges, before};
}
