// What a reader narrows down, sorts and unfolds. Without it the page shows all rows, the worst first.
(() => {
  'use strict';
  const by = (id) => document.getElementById(id);
  document.documentElement.classList.add('scripted');
  for (const element of document.querySelectorAll('.scripted[hidden]')) element.hidden = false;

  const table = by('rows');
  const budgets = [...table.querySelectorAll('tbody.budget')].map((element, place) => ({
    element, place, data: element.dataset, text: element.textContent.toLowerCase(),
  }));

  // Filters: each word must be somewhere in the budget's rows, what unfolds included.
  const text = by('text');
  const choices = [['of-verdict', 'of'], ['of-platform', 'platform'], ['of-crate', 'crate']]
    .map(([id, key]) => [by(id), key])
    .filter(([select]) => select);
  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const budget of budgets) {
      const fits = words.every((word) => budget.text.includes(word))
        && choices.every(([select, key]) => select.value === '' || budget.data[key] === select.value);
      budget.element.hidden = !fits;
      if (fits) shown += 1;
    }
    by('shown').textContent = shown + ' of ' + budgets.length + ' shown';
    by('none').hidden = shown > 0 || budgets.length === 0;
  }
  by('filters').addEventListener('input', filter);
  by('filters').addEventListener('submit', (event) => event.preventDefault());
  filter();

  // Sorting: figures by size, what is not known last, what is equal as it was.
  const texts = new Intl.Collator('en', { numeric: true });
  const isText = (key) => key === 'name' || key === 'platform';
  function sort(heading) {
    const key = heading.dataset.sort;
    const downFirst = !isText(key) && key !== 'verdict' && key !== 'room';
    const now = heading.getAttribute('aria-sort');
    const down = now ? now === 'ascending' : downFirst;
    for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
    heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const sign = down ? -1 : 1;
    const compare = isText(key)
      ? (one, other) => sign * texts.compare(one.data[key], other.data[key])
      : (one, other) => {
        const [a, b] = [one.data[key], other.data[key]];
        if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
        return sign * (Number(a) - Number(b));
      };
    const sorted = [...budgets].sort((one, other) => compare(one, other) || one.place - other.place);
    table.append(...sorted.map((budget) => budget.element));
  }
  for (const heading of table.querySelectorAll('th[data-sort]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = heading.textContent;
    button.addEventListener('click', () => sort(heading));
    heading.replaceChildren(button);
  }

  // Unfolding, also for paper.
  const folded = () => document.querySelectorAll('tbody.budget:not([hidden]) details');
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
