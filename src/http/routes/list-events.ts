import { EVENT_LINES, EVENT_STREAM, listEvents, REACHED_HEADER } from '../../api/events.ts';
import { ok } from '../../core/fault.ts';
import type { EventsRequest } from '../../service/read-events.ts';
import { bindRoute, type Reply } from '../edge.ts';
import { followEvents, LINES, readLastEventId, SERVER_SENT } from '../event-parts.ts';

export const listEventsRoute = bindRoute(listEvents, async (request, { service, streamPlaces }) => {
  const { caller, query, accept, lastEventId } = request;
  const resumed = readLastEventId(lastEventId);
  if (!resumed.ok) return resumed;
  const asked = {
    ...(query.kind === undefined ? {} : { kinds: query.kind }),
    ...(query.repository === undefined ? {} : { repository: query.repository }),
  };
  const after = resumed.value ?? placeOf(query.after);
  const isStream = accept?.includes(EVENT_STREAM) === true;
  const isFollowing = isStream || query.follow === 'true';
  const ending = isFollowing ? request.ending() : undefined;
  if (ending !== undefined) streamPlaces.take(caller.principal, ending);
  // A stream reads nothing yet but where it begins: whoever may not, or asks beyond the end, is refused by a status.
  const first = await service.readEvents(caller, {
    ...asked,
    ...(after === undefined ? {} : { after }),
    limit: isFollowing ? 0 : query.limit,
  });
  if (!first.ok) return first;
  if (ending === undefined) return ok(pageOf(first.value.events.map(LINES.event), first.value.reached));
  const parts = followEvents({
    readEvents: service.readEvents,
    caller,
    request: { ...asked, after: first.value.reached },
    readmit: request.readmit,
    ending,
    form: isStream ? SERVER_SENT : LINES,
    noteError: request.noteError,
  });
  return ok({
    status: 200,
    mediaType: isStream ? EVENT_STREAM : EVENT_LINES,
    body: { parts, bytesExpected: 0, bytesKept: 0, isLive: true },
    // Proxies that gather answers would keep events back; this one is heeded by nginx and those that follow it.
    headers: { 'x-accel-buffering': 'no', ...reachedHeader(first.value.reached) },
  });
});

function placeOf(after: string | undefined): EventsRequest['after'] | undefined {
  return after === undefined || after === 'newest' ? after : Number(after);
}

function pageOf(lines: readonly string[], reached: number): Reply {
  return { status: 200, mediaType: EVENT_LINES, body: lines.join(''), headers: reachedHeader(reached) };
}

/** How far was looked: by a page, or before a stream, which goes on behind it. */
function reachedHeader(reached: number): Readonly<Record<string, string>> {
  return reached < 0 ? {} : { [REACHED_HEADER]: String(reached) };
}
