/* A calendar to busy time with libical: for each line read, do it once and answer
 * {"seconds": of the processor, "busy": [[start, end], ...]} on one line.
 *
 * libical FILE FROM UNTIL ZONE: instants in seconds since 1970; ZONE places whole days
 * and floating times. Dates of a series that have a RECURRENCE-ID of their own are read
 * from there. */

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    long long start, end;
} Span;

typedef struct {
    Span *at;
    size_t many, room;
} Spans;

typedef struct {
    const char *uid;
    long long original;
} Replaced;

typedef struct {
    icaltimezone *home;
    long long from, until;
    Replaced *replaced;
    size_t replacements;
    Spans found;
} Reading;

static void *grown(void *old, size_t bytes) {
    void *new = realloc(old, bytes ? bytes : 1);
    if (!new) {
        fputs("no memory\n", stderr);
        exit(1);
    }
    return new;
}

static void add(Reading *reading, long long start, long long end) {
    Spans *spans = &reading->found;
    if (start < reading->from) start = reading->from;
    if (end > reading->until) end = reading->until;
    if (start >= end) return;
    if (spans->many == spans->room) {
        spans->room = spans->room ? 2 * spans->room : 1024;
        spans->at = grown(spans->at, spans->room * sizeof(Span));
    }
    spans->at[spans->many++] = (Span){start, end};
}

static long long instant(const Reading *reading, struct icaltimetype when) {
    const icaltimezone *zone = icaltime_get_timezone(when);
    if (when.is_date || !zone) zone = reading->home;
    when.is_date = 0;
    return icaltime_as_timet_with_zone(when, zone);
}

static int by_uid(const void *a, const void *b) {
    const Replaced *one = a, *other = b;
    int order = strcmp(one->uid, other->uid);
    if (order) return order;
    return (one->original > other->original) - (one->original < other->original);
}

static int by_start(const void *a, const void *b) {
    const Span *one = a, *other = b;
    return (one->start > other->start) - (one->start < other->start);
}

static int is_replaced(const Reading *reading, const char *uid, long long original) {
    Replaced wanted = {uid, original};
    return bsearch(&wanted, reading->replaced, reading->replacements, sizeof(Replaced),
                   by_uid) != NULL;
}

static int is_left_out(icalcomponent *event, struct icaltimetype when) {
    icalproperty *line = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
    for (; line; line = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
        if (icaltime_compare(icalproperty_get_datetime_with_component(line, event), when) == 0)
            return 1;
    return 0;
}

static int is_busy(icalcomponent *event) {
    icalproperty *line = icalcomponent_get_first_property(event, ICAL_TRANSP_PROPERTY);
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return 0;
    return !line || icalproperty_get_transp(line) != ICAL_TRANSP_TRANSPARENT;
}

/* Exact hours for what has a time of day; whole days from midnight to midnight. */
static void take(Reading *reading, struct icaltimetype when, long long seconds) {
    long long start = instant(reading, when);
    if (when.is_date) {
        icaltime_adjust(&when, (int)(seconds / 86400), 0, 0, 0);
        add(reading, start, instant(reading, when));
    } else {
        add(reading, start, start + seconds);
    }
}

static void expand(Reading *reading, icalcomponent *event) {
    struct icaltimetype start = icalcomponent_get_dtstart(event), when;
    struct icaltimetype end = icalcomponent_get_dtend(event);
    long long seconds = instant(reading, end) - instant(reading, start);
    if (start.is_date) seconds = (seconds + 43200) / 86400 * 86400;
    icalproperty *line = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    if (!line) {
        take(reading, start, seconds);
        return;
    }
    const char *uid = icalcomponent_get_uid(event);
    struct icalrecurrencetype rule = icalproperty_get_rrule(line);
    icalrecur_iterator *dates = icalrecur_iterator_new(rule, start);
    if (!dates) {
        fputs("a rule that libical does not read\n", stderr);
        exit(1);
    }
    while (when = icalrecur_iterator_next(dates), !icaltime_is_null_time(when)) {
        long long begins = instant(reading, when);
        if (begins >= reading->until) break;
        if (begins + seconds + 86400 <= reading->from) continue;
        if (is_left_out(event, when) || is_replaced(reading, uid, begins)) continue;
        take(reading, when, seconds);
    }
    icalrecur_iterator_free(dates);
}

static void replacements(Reading *reading, icalcomponent *calendar) {
    size_t room = 0;
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        icalproperty *line = icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY);
        if (!line) continue;
        if (reading->replacements == room) {
            room = room ? 2 * room : 64;
            reading->replaced = grown(reading->replaced, room * sizeof(Replaced));
        }
        reading->replaced[reading->replacements++] =
            (Replaced){icalcomponent_get_uid(event),
                       instant(reading, icalproperty_get_datetime_with_component(line, event))};
    }
    qsort(reading->replaced, reading->replacements, sizeof(Replaced), by_uid);
}

static void join(Spans *spans) {
    size_t last = 0;
    qsort(spans->at, spans->many, sizeof(Span), by_start);
    for (size_t n = 1; n < spans->many; n++) {
        if (spans->at[n].start > spans->at[last].end)
            spans->at[++last] = spans->at[n];
        else if (spans->at[n].end > spans->at[last].end)
            spans->at[last].end = spans->at[n].end;
    }
    if (spans->many) spans->many = last + 1;
}

static Reading once(const char *text, long long from, long long until, const char *home) {
    Reading reading = {.from = from, .until = until};
    icalcomponent *calendar = icalparser_parse_string(text);
    reading.home = calendar ? icalcomponent_get_timezone(calendar, home) : NULL;
    if (!reading.home) reading.home = icaltimezone_get_builtin_timezone(home);
    if (!calendar || !reading.home) {
        fputs("not a calendar, or not a zone\n", stderr);
        exit(1);
    }
    replacements(&reading, calendar);
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    for (; event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        if (is_busy(event)) expand(&reading, event);
    join(&reading.found);
    icalcomponent_free(calendar);
    free(reading.replaced);
    return reading;
}

static char *contents(const char *name) {
    FILE *file = fopen(name, "rb");
    size_t many = 0, got;
    char *text = NULL;
    if (!file) {
        perror(name);
        exit(1);
    }
    do {
        text = grown(text, many + 65536 + 1);
        got = fread(text + many, 1, 65536, file);
        many += got;
    } while (got);
    fclose(file);
    text[many] = 0;
    return text;
}

static double processor(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int many, char **words) {
    char line[64];
    if (many == 2 && !strcmp(words[1], "--version")) {
        puts(ICAL_VERSION);
        return 0;
    }
    if (many != 5) {
        fputs("libical FILE FROM UNTIL ZONE\n", stderr);
        return 2;
    }
    char *text = contents(words[1]);
    while (fgets(line, sizeof line, stdin)) {
        double before = processor();
        Reading reading = once(text, atoll(words[2]), atoll(words[3]), words[4]);
        printf("{\"seconds\": %.6f, \"busy\": [", processor() - before);
        for (size_t n = 0; n < reading.found.many; n++)
            printf("%s[%lld, %lld]", n ? ", " : "", reading.found.at[n].start,
                   reading.found.at[n].end);
        puts("]}");
        fflush(stdout);
        free(reading.found.at);
    }
    free(text);
    return 0;
}
