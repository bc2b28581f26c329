/** The stores people visit: few, and they change seldom, so each page reads them once. */

/**
 * Reads all stores, by name: a Map. What could not be read is asked again the next time.
 * @param api the API to ask
 * @param known is told of them once they are there
 */
export function storesOf(api, known = () => {}) {
  let stores;
  return () => {
    stores ??= api.get('/v1/stores', {query: {pageSize: 500}, auth: 'optional'})
      .then((answer) => {
        const all = new Map((answer.stores ?? []).map((store) => [store.name, store]));
        known(all);
        return all;
      })
      .catch((error) => { stores = undefined; throw error; });
    return stores;
  };
}
