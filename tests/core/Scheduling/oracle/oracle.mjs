// Answers questions, one JSON document on stdin, with what croner and Node's own time zone data say, one JSON document on stdout.
//   {"changes": [{"zone", "from", "to"}]}           -> {"data", "answers": [[[second, offsetBefore, offsetAfter], ...]]}
//   {"next": [{"zone", "cron", "after", "count"}]}  -> {"data", "answers": [[second, ...]]}
// Times are seconds since 1970, offsets are seconds ahead of UTC.
import { Cron } from "croner";

const half = 12 * 3600;

function changes({ zone, from, to }) {
  const offsetAt = offsets(zone);
  const found = [];
  for (let low = from; low < to; low += half) {
    let before = low;
    let after = Math.min(low + half, to);
    if (offsetAt(before) === offsetAt(after)) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === offsetAt(low)) before = middle;
      else after = middle;
    }
    found.push([after, offsetAt(before), offsetAt(after)]);
  }
  return found;
}

function offsets(zone) {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (second) => {
    const name = format.formatToParts(second * 1000).find((part) => part.type === "timeZoneName").value;
    const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name);
    return sign ? (sign === "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + Number(seconds ?? 0)) : 0;
  };
}

const expressions = new Map();

function next({ zone, cron, after, count }) {
  const key = `${zone} ${cron}`;
  if (!expressions.has(key)) expressions.set(key, new Cron(cron, { timezone: zone, paused: true, mode: "5-or-6-parts", fixedTimeRule: "no-wildcard" }));
  return expressions.get(key).nextRuns(count, new Date(after * 1000)).map((date) => date.getTime() / 1000);
}

let text = "";
for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
const asked = JSON.parse(text);
const answers = asked.changes ? asked.changes.map(changes) : asked.next.map(next);
process.stdout.write(JSON.stringify({ data: process.versions.tz, answers }));
