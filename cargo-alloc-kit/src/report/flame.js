// A flamegraph that is clicked, or reached by keys: a box becomes as wide as the picture, with all that it calls below it.
function flame(svg) {
  'use strict';
  const boxes = [...svg.querySelectorAll('.f')].map((element) => ({
    element,
    x: Number(element.dataset.x),
    w: Number(element.dataset.w),
    d: Number(element.dataset.d),
  }));
  if (boxes.length === 0) return;
  const end = (box) => box.x + box.w;
  const slack = 1e-9;
  const covers = (outer, inner) => outer.x <= inner.x + slack && end(outer) >= end(inner) - slack;
  if (svg === document.documentElement) svg.setAttribute('width', '100%');

  function zoom(to) {
    for (const box of boxes) {
      const above = box.d < to.d && covers(box, to);
      const below = box.d >= to.d && covers(to, box);
      box.element.style.display = above || below ? '' : 'none';
      box.element.classList.toggle('above', above);
      const x = above ? 0 : (box.x - to.x) / to.w;
      const w = above ? 1 : box.w / to.w;
      box.element.setAttribute('x', x * 100 + '%');
      box.element.setAttribute('width', w * 100 + '%');
    }
    svg.dataset.zoomed = to === boxes[0] ? '' : 'true';
  }

  function focus(box) {
    if (!box) return;
    for (const other of boxes) other.element.setAttribute('tabindex', other === box ? '0' : '-1');
    box.element.focus();
  }

  // Where a key leads: to the caller, to the first that is called, to a neighbour.
  const shown = () => boxes.filter((box) => box.element.style.display !== 'none');
  const ways = {
    ArrowUp: (box) => shown().find((other) => other.d === box.d - 1 && covers(other, box)),
    ArrowDown: (box) => shown().find((other) => other.d === box.d + 1 && covers(box, other)),
    ArrowRight: (box) => shown().find((other) => other.d === box.d && other.x >= end(box) - slack),
    ArrowLeft: (box) => shown().findLast((other) => other.d === box.d && end(other) <= box.x + slack),
  };
  const of = (event) => boxes.find((box) => box.element.contains(event.target));
  svg.addEventListener('click', (event) => {
    const box = of(event);
    if (box) { zoom(box); focus(box); }
  });
  svg.addEventListener('keydown', (event) => {
    const box = of(event);
    if (!box) return;
    if (ways[event.key]) focus(ways[event.key](box));
    else if (event.key === 'Enter' || event.key === ' ') zoom(box);
    else if (event.key === 'Escape') { zoom(boxes[0]); focus(boxes[0]); }
    else return;
    event.preventDefault();
  });
}
