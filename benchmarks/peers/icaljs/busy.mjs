// A calendar to busy time with ical.js: for each line read, do it once and answer
// {"seconds": of the processor, "busy": [[start, end], ...]} on one line.
//
// node busy.mjs FILE FROM UNTIL ZONE: instants in seconds since 1970; ZONE places whole
// days and floating times.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import ICAL from "ical.js";

const [file, from, until, home] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const opens = Number(from);
const closes = Number(until);

function busy() {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  const here = ICAL.TimezoneService.get(home);
  const found = [];
  for (const event of events(calendar)) {
    for (const [start, end] of dates(event, here)) {
      if (start < closes && end > opens) {
        found.push([Math.max(start, opens), Math.min(end, closes)]);
      }
    }
  }
  return joined(found);
}

// Each series once, with the dates of its own beside it. Without `exceptions` every
// event would be given those of all others too.
function events(calendar) {
  const all = calendar
    .getAllSubcomponents("vevent")
    .map((one) => new ICAL.Event(one, { exceptions: [] }));
  const series = new Map(
    all.filter((one) => !one.isRecurrenceException()).map((one) => [one.uid, one]),
  );
  for (const one of all.filter((each) => each.isRecurrenceException())) {
    series.get(one.uid).relateException(one);
  }
  return series.values();
}

function* dates(event, here) {
  if (!event.isRecurring()) {
    if (isBusy(event)) yield span(event, event.startDate, event.endDate, here);
    return;
  }
  const next = event.iterator();
  for (let when = next.next(); when; when = next.next()) {
    if (instant(when, here) >= closes) return;
    const date = event.getOccurrenceDetails(when);
    if (isBusy(date.item)) yield span(date.item, date.startDate, date.endDate, here);
  }
}

function isBusy(event) {
  const one = event.component;
  return (
    one.getFirstPropertyValue("status") !== "CANCELLED" &&
    one.getFirstPropertyValue("transp") !== "TRANSPARENT"
  );
}

// Exact hours for what has a time of day; whole days from midnight to midnight.
function span(event, start, end, here) {
  const begins = instant(start, here);
  if (start.isDate) return [begins, instant(end, here)];
  return [begins, begins + event.duration.toSeconds()];
}

function instant(time, here) {
  if (!time.isDate && time.zone !== ICAL.Timezone.localTimezone) return time.toUnixTime();
  const there = time.clone();
  there.isDate = false;
  there.zone = here;
  return there.toUnixTime();
}

function joined(spans) {
  spans.sort((one, other) => one[0] - other[0]);
  const apart = [];
  for (const [start, end] of spans) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}

for await (const _ of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const found = busy();
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  process.stdout.write(`${JSON.stringify({ seconds, busy: found })}\n`);
}
