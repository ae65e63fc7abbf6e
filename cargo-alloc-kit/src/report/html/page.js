// What a reader narrows down, sorts and unfolds. Without it the page shows all rows, the worst first.
(() => {
  'use strict';
  const by = (id) => document.getElementById(id);
  document.documentElement.classList.add('scripted');
  for (const element of document.querySelectorAll('.scripted[hidden]')) element.hidden = false;

  const table = by('rows');
  const rows = [...table.tBodies].map((element, place) => ({
    element, place, data: element.dataset, text: element.textContent.toLowerCase(),
  }));

  // Filters: each word must be somewhere in the row, what unfolds included.
  const text = by('text');
  const choices = [...by('filters').querySelectorAll('select')].map((select) => [select, select.dataset.of]);
  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.text.includes(word))
        && choices.every(([select, key]) => select.value === '' || row.data[key] === select.value);
      row.element.hidden = !fits;
      if (fits) shown += 1;
    }
    by('shown').textContent = shown + ' of ' + rows.length + ' shown';
    by('none').hidden = shown > 0 || rows.length === 0;
  }
  by('filters').addEventListener('input', filter);
  by('filters').addEventListener('submit', (event) => event.preventDefault());
  filter();

  // Sorting: figures by size, what is not known last, what is equal as it was.
  const texts = new Intl.Collator('en', { numeric: true });
  function sort(heading) {
    const key = heading.dataset.sort;
    const isText = 'text' in heading.dataset;
    const upFirst = 'up' in heading.dataset;
    const now = heading.getAttribute('aria-sort');
    const down = now ? now === 'ascending' : !isText && !upFirst;
    for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const sign = down ? -1 : 1;
    const compare = isText
      ? (one, other) => sign * texts.compare(one.data[key], other.data[key])
      : (one, other) => {
        const [a, b] = [one.data[key], other.data[key]];
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
        return sign * (Number(a) - Number(b));
      };
    const sorted = [...rows].sort((one, other) => compare(one, other) || one.place - other.place);
    table.append(...sorted.map((row) => row.element));
  }
  for (const heading of table.querySelectorAll('th[data-sort]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = heading.textContent;
    button.addEventListener('click', () => sort(heading));
    heading.replaceChildren(button);
  }

  // Unfolding, also for paper.
  const folded = () => document.querySelectorAll('#rows > tbody:not([hidden]) details');
  by('unfold').addEventListener('click', (event) => {
    const open = event.target.getAttribute('aria-pressed') !== 'true';
    event.target.setAttribute('aria-pressed', String(open));
    event.target.textContent = open ? 'Fold all' : 'Unfold all';
    for (const details of folded()) details.open = open;
  });
  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...folded()].filter((details) => !details.open);
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });

  // As on other pages, `/` goes to the filter.
  addEventListener('keydown', (event) => {
    const writes = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key !== '/' || writes || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    text.focus();
  });

  for (const svg of document.querySelectorAll('svg.flame')) flame(svg);
})();
