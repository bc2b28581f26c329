// Shoppers who look, search and change their carts while the suite is upgraded under their hands: k6 run helm/tests/load.js
// TARGET: the gateway; RATE: shoppers' steps a second; LASTS: for how many seconds. Anything but 200 fails the run.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const target = __ENV.TARGET;
const shoppers = 20;
const wrong = new Counter('wrong_answers');

export const options = {
  scenarios: {
    shop: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE || 20),
      timeUnit: '1s',
      duration: `${__ENV.LASTS || 60}s`,
      preAllocatedVUs: 40,
      maxVUs: 200,
      gracefulStop: '15s',
    },
  },
  thresholds: { wrong_answers: ['count==0'], dropped_iterations: ['count<50'] },
  summaryTrendStats: ['med', 'p(99)', 'max'],
};

export function setup() {
  const carts = [];
  for (let i = 0; i < shoppers; i++) {
    const answer = http.post(`${target}/oauth2/token`, {
      grant_type: 'urn:filo:oauth:guest', client_id: 'shop-web', device: `load-${i}`,
    });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${answer.body}`);
    carts.push(answer.json('access_token'));
  }
  const found = http.get(`${target}/v1/products:search?query=divano`);
  const data = { carts, sku: found.json('results.0.product.variants.0.sku') };
  // Everything once, unjudged: what is slow because it is the first of its kind is not what is asked here.
  for (let i = 0; i < 4 * shoppers; i++) step(data, i, () => {});
  return data;
}

function judge(what, answer) {
  if (!check(answer, { [what]: (it) => it.status === 200 })) {
    wrong.add(1);
    console.error(`${new Date().toISOString()} ${what}: ${answer.status} ${answer.error} ${String(answer.body).slice(0, 300)}`);
  }
}

export default function (data) {
  step(data, exec.scenario.iterationInTest, judge);
}

function step(data, number, judge) {
  const headers = { Authorization: `Bearer ${data.carts[Math.floor(number / 4) % shoppers]}` };
  const id = `${number}-${Date.now()}`;
  switch (number % 4) {
    case 0:
      judge('search', http.get(`${target}/v1/products:search?query=divano`));
      break;
    case 1:
      judge('apply', http.post(
        `${target}/v1/customers/me/cart:apply`,
        JSON.stringify({ operations: [
          { id: `${id}-a`, add: { sku: data.sku, quantity: 1 } },
        ] }),
        { headers: { ...headers, 'Content-Type': 'application/json', 'Idempotency-Key': id } },
      ));
      break;
    case 2:
      judge('cart', http.get(`${target}/v1/customers/me/cart`, { headers }));
      break;
    default:
      judge('nearby', http.get(`${target}/v1/availability:nearby?sku=${data.sku}&latitude=45.46&longitude=9.19&radiusMeters=30000`));
  }
}
