// What a script found, for the test that runs it: one line of JSON each.
export const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

export const textOf = (result) => result.content.filter((block) => block.type === 'text').map((block) => block.text).join('');
