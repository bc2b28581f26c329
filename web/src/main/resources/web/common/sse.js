/** A reader of server-sent events over fetch: unlike EventSource it can send headers and does not give up. */

/**
 * Makes a parser; feed it text as it comes, it calls `onEvent({event, id, data})` for each complete event and
 * `onComment()` for comment lines (heartbeats). `id` is the last one seen, as the standard says.
 */
export function createParser(onEvent, onComment = () => {}) {
  let rest = '';
  let event = '';
  let data = [];
  let lastId;
  function line(text) {
    if (text === '') {
      if (data.length) onEvent({event: event || 'message', id: lastId, data: data.join('\n')});
      event = '';
      data = [];
      return;
    }
    if (text.startsWith(':')) return onComment(text.slice(1).trim());
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) lastId = value;
  }
  return (chunk) => {
    rest += chunk;
    for (;;) {
      const end = rest.search(/\r\n|\n|\r(?!$)/);
      if (end < 0) return;
      const text = rest.slice(0, end);
      rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1));
      line(text);
    }
  };
}

/** Reads a fetch response until it ends; `onBytes` is called for every chunk. */
export async function readEvents(response, {onEvent, onComment, onBytes = () => {}}) {
  const feed = createParser(onEvent, onComment);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    onBytes();
    feed(decoder.decode(value, {stream: true}));
  }
}
