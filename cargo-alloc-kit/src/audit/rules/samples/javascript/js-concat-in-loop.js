// js-concat-in-loop: run it with `before`, `after` or `nothing`.
"use strict";

const users = Array.from({ length: 1000 }, (_, id) => ({ id, name: `user ${id}`, tags: [id % 7, id % 11] }));

function before() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    let text = "";
    for (const user of users) {
      text += `${user.id},`; // ~
    }
    sum += text.charCodeAt(9) + text.length;
  }
  return sum;
}

function after() {
  let sum = 0;
  for (let round = 0; round < 100; round++) {
    const parts = [];
    for (const user of users) parts.push(`${user.id},`);
    const text = parts.join("");
    sum += text.charCodeAt(9) + text.length;
  }
  return sum;
}

function main(which) {
  const run = { before, after, nothing: () => "" };
  console.log(String(run[which]()));
}

main(process.argv[2]);
