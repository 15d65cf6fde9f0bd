/** The worker of completion and hover: bundled as a file of its own, so that the page policy needs no blob. */
import 'monaco-yaml/yaml.worker';
