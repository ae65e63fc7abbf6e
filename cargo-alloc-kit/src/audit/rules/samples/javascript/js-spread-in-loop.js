// js-spread-in-loop: run it with `before`, `after` or `nothing`.
"use strict";

const users = Array.from({ length: 1000 }, (_, id) => ({ id, name: `user ${id}`, tags: [id % 7, id % 11] }));

function before() {
  let sum = 0;
  for (let round = 0; round < 2; round++) {
    let all = [];
    for (const user of users) {
      all = all.concat(user.tags); // ~
    }
    sum += all.length;
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 2; round++) {
    const all = [];
    for (const user of users) all.push(...user.tags);
    sum += all.length;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
