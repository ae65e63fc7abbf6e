// js-arguments: run it with `before`, `after` or `nothing`.

function sumOf(first) {
  const all = Array.prototype.slice.call(arguments); // ~
  return first + all.length + all[2];
}

function before() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += sumOf(i, 2, 3);
  return sum;
}

function restSum(...all) {
  return all[0] + all.length + all[2];
}

function after() {
  let sum = 0;
  for (let i = 0; i < 10000; i++) sum += restSum(i, 2, 3);
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
