// Holds queries and their answers to GitHub's schema: reads [{query, variables, data}] and writes what is wrong with each.
const { graphqlSync, buildSchema } = require("graphql");
const { readFileSync } = require("node:fs");

const schema = readFileSync("node_modules/@octokit/graphql-schema/schema.graphql", "utf8");
const github = buildSchema(schema, { assumeValid: true });

function wrong({ query, variables, data }) {
  const said = graphqlSync({ schema: github, source: query, variableValues: variables, rootValue: data });
  if (said.errors) return said.errors.map((error) => error.message);
  const same = JSON.stringify(said.data) === JSON.stringify(data);
  return same ? [] : [`asked for ${JSON.stringify(said.data)}, was given ${JSON.stringify(data)}`];
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(wrong)));
