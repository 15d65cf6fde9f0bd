/**
 * Packages of a Python task: installed before its commands by uv or pip, whichever is there, into a folder that the interpreter looks
 * into. On the server's machine the folder lasts, by interpreter and packages, so that the second run installs nothing.
 */
import { createHash } from 'node:crypto';
import type { TSchema } from 'typebox';
import type { CommandPlace, TaskContext } from '../index.ts';
import { boolean, choice, dynamic, optional, text, textOrTexts } from '../schema.ts';
import { renderedBoolean, renderedText, renderedTexts, TaskFailure } from '../values.ts';
import { dependenciesFolder } from './files.ts';
import { sayProblem } from './protocol.ts';
import { quoted } from './quoted.ts';

/** Installed packages that nobody used for so long are removed when others are installed. */
const unusedDaysMax = 30;

export const pythonProperties = (): Record<string, TSchema> => ({
  dependencies: optional(dynamic(textOrTexts({ title: 'Packages', description: 'As pip knows them, such as `requests` or `pandas>=2`; installed before the commands by uv or pip.' }))),
  packageManager: optional(dynamic(choice(['UV', 'PIP'], { title: 'What installs the packages', description: 'UV: uv when it is there, else pip.', default: 'UV' }))),
  uvAutoInstallEnabled: optional(dynamic(boolean({ title: 'Install uv when it is missing', description: 'Read and not used: pip installs the packages then.', default: true }))),
  pythonVersion: optional(dynamic(text({ title: 'Version of Python', description: 'Such as `3.12`: the commands get an interpreter of this version, which must be there or known to uv. Left out: the usual one.' }))),
  dependencyCacheEnabled: optional(dynamic(boolean({ title: 'Keep the packages for the next run', description: 'On the server\'s machine; in a container they are installed each time.', default: true }))),
});

/** Shell lines in front of the commands: they choose `$ensemble_python`, install, and set the paths. */
export async function pythonLines(context: TaskContext, place: CommandPlace): Promise<readonly string[]> {
  const packages = renderedTexts(context, 'dependencies').map((one) => one.trim()).filter((one) => one !== '');
  // An option among the packages could write anywhere, or read a package from a file of the machine.
  const option = packages.find((one) => one.startsWith('-'));
  if (option !== undefined) throw new TaskFailure(`The property "dependencies" has "${option.slice(0, 100)}": expected packages such as requests, no options. An index is set by "env", as PIP_INDEX_URL or UV_INDEX_URL.`);
  const version = renderedText(context, 'pythonVersion')?.trim() ?? '';
  if (!/^[\d.]{0,12}$/.test(version)) throw new TaskFailure(`The property "pythonVersion" is "${version.slice(0, 50)}": expected a version such as 3.12.`);
  const found = version === '' ? 'command -v python || command -v python3' : `command -v python${version} || { command -v uv >/dev/null && uv python find ${version}; }`;
  const lines = [
    `ensemble_python=$(${found}) || { ${sayProblem(`Python${version === '' ? '' : ` ${version}`} was not found ${place.machine}. ${place.remedy}`, 127)}; }`,
    // Where only python3 is installed, or another version is wanted, commands may say `python` all the same.
    ...(version === '' ? ['command -v python >/dev/null || python() { "$ensemble_python" "$@"; }'] : ['python() { "$ensemble_python" "$@"; }', 'python3() { "$ensemble_python" "$@"; }']),
  ];
  return packages.length === 0 ? lines : [...lines, ...await installLines(context, place, packages)];
}

async function installLines(context: TaskContext, place: CommandPlace, packages: readonly string[]): Promise<readonly string[]> {
  const usesPip = renderedText(context, 'packageManager')?.trim().toUpperCase() === 'PIP';
  const lasting = place.sharesDisk && renderedBoolean(context, 'dependencyCacheEnabled', true) ? await context.files.cacheDirectory() : undefined;
  const key = createHash('sha256').update(JSON.stringify([...packages].sort())).digest('hex').slice(0, 24);
  // In a container outside the working directory, whose files are copied back.
  const passing = place.sharesDisk ? `${place.workingDirectory}/${dependenciesFolder}` : '/tmp/ensemble-dependencies';
  const target = lasting === undefined ? quoted(passing) : `${quoted(`${lasting}/python-${key}-`)}"$ensemble_version"`;
  const names = packages.map(quoted).join(' ');
  const uv = `uv pip install --quiet --python "$ensemble_python" --target "$ensemble_new" ${names}`;
  const pip = `"$ensemble_python" -m pip install --quiet --disable-pip-version-check --no-input --target "$ensemble_new" ${names}`;
  const failure = `The Python packages ${packages.join(', ')} could not be installed ${place.machine}; the lines above say why. That needs uv or pip and a way to a package index: without one, point "env" to an index that is reachable (PIP_INDEX_URL, UV_INDEX_URL), or install them ${place.machine} beforehand and leave "dependencies" out.`;
  return [
    'ensemble_version=$("$ensemble_python" -c "import sys, sysconfig; print(sysconfig.get_platform(), *sys.version_info[:3], sep=chr(45))")',
    `ensemble_packages=${target}`,
    'if [ ! -d "$ensemble_packages" ]; then',
    // Installed beside it and renamed: a run that was killed meanwhile leaves no half a folder behind that others would use.
    '  ensemble_new="$ensemble_packages.$$"',
    `  { ${usesPip ? pip : `if command -v uv >/dev/null; then ${uv}; else ${pip}; fi`}; } || { rm -rf "$ensemble_new"; ${sayProblem(failure, 1)}; }`,
    '  mkdir -p "$ensemble_new"; if [ -d "$ensemble_packages" ]; then rm -rf "$ensemble_new"; else mv "$ensemble_new" "$ensemble_packages"; fi',
    ...(lasting === undefined ? [] : [`  find ${quoted(lasting)} -mindepth 1 -maxdepth 1 -name "python-*" -mtime +${unusedDaysMax} -exec rm -rf {} + || true`]),
    'fi',
    ...(lasting === undefined ? [] : ['touch -c "$ensemble_packages"']),
    'export PYTHONPATH="$ensemble_packages${PYTHONPATH:+:$PYTHONPATH}" PATH="$ensemble_packages/bin:$PATH"',
  ];
}
