// Imported before everything else: graphql-js looks at each type twice, with much patience, unless this is set when it loads.
process.env['NODE_ENV'] ??= 'production';
