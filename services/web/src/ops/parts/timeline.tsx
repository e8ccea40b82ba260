import { runbookOf } from "#dashboards/alerts/alert.ts";
import { TRACKS, type Track } from "#dashboards/timeline.ts";
import type { TimelineAnswer, TimelineEvent } from "#shared/protocol/ops-messages.ts";
import { clockText, lastsText } from "../chart/value-text.ts";
import type { Polled } from "../state/use-polled.ts";
import { runbookAddress } from "../state/use-route.ts";

/** Rows of one track; more are in the list below. */
const ROWS_MAX = 8;

/** Experiments, alerts, moves and silences over the same time, one below the other: what came of what. */
export function Timeline({ timeline: { value, problem } }: { readonly timeline: Polled<TimelineAnswer> }) {
  return (
    <section className="panel timeline" aria-label="Timeline">
      <header>
        <h2>What happened?</h2>
      </header>
      {value === undefined ? (
        <p className="empty">{problem?.kind === "failed" ? `Not known: ${problem.words}.` : "Asking …"}</p>
      ) : value.events.length === 0 ? (
        <p className="empty">Nothing in this time: no experiment, no alert, no shard or zone that moved.</p>
      ) : (
        <>
          <div className="tracks" aria-hidden="true">
            {TRACKS.map((track) => (
              <TrackRows key={track.id} track={track} timeline={value} />
            ))}
            <div className="x-axis">
              <span>{clockText(value.from)}</span>
              <span>{clockText((value.from + value.to) / 2)}</span>
              <span>{clockText(value.to)}</span>
            </div>
          </div>
          <details>
            <summary>
              In words, newest first ({value.events.length} {value.events.length === 1 ? "event" : "events"})
            </summary>
            <ol className="events">
              {value.events.toReversed().map((event) => (
                <EventLine key={`${event.track} ${event.text} ${event.from}`} event={event} />
              ))}
            </ol>
          </details>
        </>
      )}
    </section>
  );
}

function TrackRows({ track, timeline }: { readonly track: Track; readonly timeline: TimelineAnswer }) {
  const { from, to, events } = timeline;
  const rows = [
    ...Map.groupBy(
      events.filter((event) => event.track === track.id),
      rowOf(track),
    ),
  ];
  if (rows.length === 0) return null;
  const percent = (ms: number) => ((Math.max(ms, from) - from) / (to - from)) * 100;
  return (
    <div className="track" data-track={track.id}>
      <b>{track.title}</b>
      {rows.slice(0, ROWS_MAX).map(([name, same]) => (
        <div className="track-row" key={name}>
          <span className="track-name">{name}</span>
          <span className="track-line">
            {same.map((event) => {
              const until = event.to ?? to;
              const width = track.isMoment ? undefined : `${percent(until) - percent(event.from)}%`;
              return (
                <i
                  key={`${event.text} ${event.from}`}
                  data-moment={track.isMoment}
                  title={eventText(event)}
                  style={{ left: `${percent(event.from)}%`, width }}
                />
              );
            })}
          </span>
        </div>
      ))}
      {rows.length > ROWS_MAX && (
        <small className="soft">and {rows.length - ROWS_MAX} more, below in words</small>
      )}
    </div>
  );
}

/** Moves of a shard are one row, whoever it went to. */
function rowOf({ id }: Track): (event: TimelineEvent) => string {
  return ({ text }) => (id === "ownership" || id === "zones" ? (text.split(" ")[0] ?? text) : text);
}

function EventLine({ event }: { readonly event: TimelineEvent }) {
  const track = TRACKS.find(({ id }) => id === event.track);
  return (
    <li data-track={event.track}>
      <time className="num">{clockText(event.from, true)}</time>
      <span>
        <small className="soft">{track?.title}</small> {eventText(event)}
      </span>
      {event.track === "alerts" && <a href={runbookAddress(runbookOf({ name: event.text }))}>Runbook</a>}
    </li>
  );
}

function eventText({ text, from, to }: TimelineEvent): string {
  if (to === null) return `${text}, and goes on`;
  return from === to ? text : `${text}, for ${lastsText(to - from)}`;
}
