/**
 * One event stream per app and browser. The tab that holds the Web Lock `filo-live.<app>` reads
 * `GET /v1/watch?topic=…`; the others get every event, its cursor and the status over a BroadcastChannel. When the
 * leader goes, the next tab goes on from the last cursor. A cursor that is too old, a change of person or a new topic
 * gives `reset`: whoever shows that topic reads it again.
 */
import {i18n, lang} from './i18n.js';
import {readEvents} from './sse.js';

const SILENCE_MS = 35_000; // two heartbeats of 15 s and some
const HELLO_MS = 4_000;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/**
 * Makes the live connection of one app.
 * @param {{session: object}} options the session gives the token; its `change` restarts the stream
 * @returns {{subscribe: Function, status: object, events: EventTarget, stop: Function}}
 */
export function createLive({session}) {
  const name = `filo-live.${session.app}`;
  const me = Math.random().toString(36).slice(2);
  const events = new EventTarget();
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null;
  const subscribers = new Set();
  const others = new Map(); // tab -> {topics, seenAt}: what followers want, known to every tab
  let cursor;
  let leading = false;
  let started = false;
  let stream = null;
  let streamTopics = '';
  let streamLang = lang;
  let failures = 0;
  let release = null;
  let status = {state: 'off', lastAt: 0};
  let leaderSeenAt = Date.now();
  let retryTimer;

  const ownTopics = () => [...new Set([...subscribers].flatMap((each) => each.topics))];
  const allTopics = () => [...new Set([...ownTopics(), ...[...others.values()].flatMap((each) => each.topics)])].sort();
  const tell = (message) => channel?.postMessage({...message, from: me});

  function setStatus(next) {
    const before = status;
    status = {...status, ...next};
    if (before.state !== status.state || status.lastAt - before.lastAt > 900) {
      events.dispatchEvent(new Event('status'));
      if (leading) tell({type: 'status', status});
    }
  }

  function deliver(event) {
    for (const each of [...subscribers]) {
      if (event.topic === undefined || each.topics.includes(event.topic)) each.handler(event);
    }
  }

  const share = (event) => {
    if (event.cursor !== undefined) cursor = event.cursor;
    deliver(event);
    tell({type: 'event', event});
  };

  // The leader's side

  async function open() {
    const topics = allTopics();
    if (!leading || !topics.length) return;
    const before = new Set(streamTopics.split(' '));
    streamTopics = topics.join(' ');
    const added = topics.filter((topic) => !before.has(topic));
    const abort = new AbortController();
    stream = abort;
    streamLang = lang;
    let watchdog;
    let over = false;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
      setStatus({state: 'live', lastAt: Date.now()});
    };
    try {
      if (status.state !== 'live') setStatus({state: 'connecting'});
      const token = await session.token();
      if (!token) return setStatus({state: 'off'});
      const url = new URL('/v1/watch', location.origin);
      for (const topic of topics) url.searchParams.append('topic', topic);
      const headers = {'Accept': 'text/event-stream', 'Accept-Language': lang, 'Authorization': `Bearer ${token}`, 'Cache-Control': 'no-cache'};
      if (cursor !== undefined) headers['Last-Event-ID'] = cursor;
      const response = await fetch(url, {headers, signal: abort.signal, cache: 'no-store'});
      if (response.status === 401) await session.renew(token);
      if (!response.ok || !response.body) throw new Error(`watch: ${response.status}`);
      alive();
      // What changed between a page's first read and this moment is caught up by reading it again.
      for (const topic of added) share({kind: 'reset', topic});
      await readEvents(response, {
        onBytes: alive,
        onEvent: ({event, id, data}) => {
          failures = 0;
          const parsed = JSON.parse(data || '{}');
          // The token or its session is over: the stream ends, and the next one shows what is allowed then.
          if (event === 'refused' && parsed.problem?.reason?.startsWith('TOKEN_')) return void (over = true);
          share({kind: event, topic: parsed.topic, data: parsed, cursor: id});
        },
        onComment: () => { failures = 0; },
      });
      if (over) await session.renew(token);
    } catch { /* whatever broke the stream: connect again below */ } finally {
      clearTimeout(watchdog);
      if (stream === abort) {
        stream = null;
        if (leading && started) again();
      }
    }
  }

  function again(soon = false) {
    clearTimeout(retryTimer);
    if (!soon) setStatus({state: navigator.onLine === false ? 'offline' : 'connecting'});
    const base = soon ? 0 : BACKOFF_MS[Math.min(failures++, BACKOFF_MS.length - 1)];
    retryTimer = setTimeout(() => { if (leading && !stream) open(); }, base * (0.75 + Math.random() / 2));
  }

  function restart() {
    clearTimeout(retryTimer);
    const old = stream;
    stream = null;
    old?.abort();
    if (leading && started) open();
  }

  function topicsChanged() {
    tell({type: 'topics', topics: ownTopics()});
    if (!leading) return;
    // A topic nobody shows any more may stay on the stream; only a new one needs another connection.
    const current = new Set(streamTopics.split(' '));
    if (!stream || ownTopics().some((topic) => !current.has(topic))) queueMicrotask(restartIfNeeded);
  }

  function restartIfNeeded() {
    const current = new Set(streamTopics.split(' '));
    if (leading && (!stream || allTopics().some((topic) => !current.has(topic)))) restart();
  }

  function lead() {
    leading = true;
    restart();
    tell({type: 'hello'});
    return new Promise((resolve) => { release = resolve; });
  }

  function follow() {
    leading = false;
    release?.();
    release = null;
    const old = stream;
    stream = null;
    old?.abort();
    clearTimeout(retryTimer);
  }

  async function contend(options = {}) {
    if (!navigator.locks || !channel) return lead();
    try {
      await navigator.locks.request(name, options, lead);
    } catch {
      // Another tab took the lock from us because we were silent: follow it and queue again.
      follow();
      if (started) contend();
    }
  }

  // Every tab's side

  channel?.addEventListener('message', ({data: message}) => {
    if (message.type === 'topics' || message.type === 'hello') {
      if (message.type === 'topics') {
        others.set(message.from, {topics: message.topics});
        if (leading) restartIfNeeded();
        if (leading && message.ask) tell({type: 'status', status, cursor});
      } else {
        leaderSeenAt = Date.now();
        if (started) tell({type: 'topics', topics: ownTopics()});
      }
    } else if (message.type === 'bye') {
      others.delete(message.from);
    } else if (message.type === 'event' && !leading) {
      leaderSeenAt = Date.now();
      if (message.event.cursor !== undefined) cursor = message.event.cursor;
      deliver(message.event);
    } else if (message.type === 'status' && !leading) {
      leaderSeenAt = Date.now();
      status = message.status;
      if (message.cursor !== undefined) cursor = message.cursor;
      events.dispatchEvent(new Event('status'));
    }
  });

  /** A visible follower that hears nothing asks once, then takes the lead: the leader's tab may be frozen. */
  let asked = 0;
  function check() {
    if (!started || leading || document.visibilityState !== 'visible' || !navigator.locks) return;
    if (Date.now() - leaderSeenAt < SILENCE_MS) return void (asked = 0);
    if (!asked) {
      asked = Date.now();
      tell({type: 'topics', topics: ownTopics(), ask: true});
      setTimeout(check, HELLO_MS);
    } else if (Date.now() - asked >= HELLO_MS) {
      asked = 0;
      leaderSeenAt = Date.now();
      contend({steal: true});
    }
  }

  function start() {
    if (started) return;
    started = true;
    leaderSeenAt = Date.now();
    tell({type: 'topics', topics: ownTopics(), ask: true});
    contend();
  }

  function stop() {
    if (!started) return;
    started = false;
    tell({type: 'bye'});
    follow();
    setStatus({state: 'off'});
  }

  setInterval(check, 10_000);
  addEventListener('online', () => { if (leading && status.state !== 'live') { failures = 0; restart(); } });
  addEventListener('offline', () => { if (leading && status.state !== 'live') setStatus({state: 'offline'}); });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return;
    if (leading && status.state !== 'live') { failures = 0; restart(); }
    if (leading && Date.now() - status.lastAt > SILENCE_MS) restart();
    leaderSeenAt = Math.min(leaderSeenAt, Date.now() - SILENCE_MS);
    asked = 0;
    check();
  });
  // Events carry texts in the language asked for.
  i18n.addEventListener('change', () => { if (leading && stream && streamLang !== lang) restart(); });
  addEventListener('pagehide', stop);
  addEventListener('pageshow', (event) => {
    if (event.persisted && subscribers.size) {
      start();
      deliver({kind: 'reset'});
    }
  });
  session.events.addEventListener('change', ({detail}) => {
    if (!started) return;
    if (detail.reason === 'guest' && cursor === undefined && !stream) return;
    cursor = undefined;
    streamTopics = '';
    failures = 0;
    if (detail.reason !== 'guest') deliver({kind: 'reset'});
    if (leading) restart();
  });

  return {
    events,
    /** {state: 'live' | 'connecting' | 'offline' | 'off', lastAt: ms of the last byte heard}. */
    get status() { return status; },
    /**
     * Hears topics: `handler({kind, topic, data})`. On kind `reset` read the topic again. Returns the end of it.
     */
    subscribe(topics, handler) {
      const entry = {topics, handler};
      subscribers.add(entry);
      start();
      topicsChanged();
      return () => {
        subscribers.delete(entry);
        tell({type: 'topics', topics: ownTopics()});
      };
    },
    /** Ends the stream, for example at sign-out. A later subscribe starts it again. */
    stop,
  };
}
