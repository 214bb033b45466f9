// Another project's TUF client (tuf-js) looks targets up on a trust server, downloads and verifies them.
//
//   node tuf-js-client.mjs STATE_DIR METADATA_URL TARGETS_URL TARGET_PATH…
//
// STATE_DIR/metadata/root.json is the pinned root; the directory is kept from run to run, as a real client's is.
// Prints one JSON object: the version of each role that the client trusts now, and the digest and length of each target.
// Anything that tuf-js refuses ends the program with status 1 and the refusal on stderr.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Updater } from 'tuf-js';

const [stateDir, metadataBaseUrl, targetBaseUrl, ...targetPaths] = process.argv.slice(2);
const metadataDir = join(stateDir, 'metadata');
const targetDir = join(stateDir, 'targets');

async function lookUp(updater, targetPath) {
  const listed = await updater.getTargetInfo(targetPath);
  if (listed === undefined) return null;
  const content = await readFile((await updater.findCachedTarget(listed)) ?? (await updater.downloadTarget(listed)));
  return { digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, length: content.length };
}

async function trustedVersions() {
  const versions = {};
  for (const file of (await readdir(metadataDir)).filter((name) => name.endsWith('.json')).sort())
    versions[file.replace(/\.json$/, '')] = JSON.parse(await readFile(join(metadataDir, file), 'utf8')).signed.version;
  return versions;
}

try {
  await mkdir(targetDir, { recursive: true });
  const updater = new Updater({ metadataDir, metadataBaseUrl, targetDir, targetBaseUrl, config: { fetchRetry: 0, fetchTimeout: 15000 } });
  await updater.refresh();
  const targets = {};
  for (const targetPath of targetPaths) targets[targetPath] = await lookUp(updater, targetPath);
  console.log(JSON.stringify({ versions: await trustedVersions(), targets }));
} catch (refusal) {
  console.error(`${refusal.name}: ${refusal.message}`);
  process.exitCode = 1;
}
