// Asks an endpoint the way Comunica does; prints what it got as JSON.
import { SparqlEndpointFetcher } from 'fetch-sparql-endpoint';

const [endpoint, select, construct, ask] = process.argv.slice(2);
const found = {};
for (const method of ['GET', 'POST']) {
  const fetcher = new SparqlEndpointFetcher({ method });
  const rows = [];
  for await (const row of await fetcher.fetchBindings(endpoint, select)) {
    rows.push(Object.fromEntries(Object.entries(row).map(([name, term]) => [name, [term.termType, term.value]])));
  }
  let triples = 0;
  for await (const _ of await fetcher.fetchTriples(endpoint, construct)) triples += 1;
  let failure = '';
  try {
    await fetcher.fetchBindings(endpoint, 'SELECT * { SERVICE <http://localhost:9/> { ?s ?p ?o } }');
  } catch (error) {
    failure = error.message;
  }
  found[method] = { rows, triples, ask: await fetcher.fetchAsk(endpoint, ask), failure };
}
console.log(JSON.stringify(found));
