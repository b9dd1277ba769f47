import { execFileSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.mjs';

/** Finds a Python that can import the modules, or installs the Debian packages. See `ensureProgram`. */
export function ensurePythonModules({ title, modules, debianPackages, variable }) {
  const importsAll = (python) => {
    try {
      execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  return ensureProgram({
    title,
    // A Python of a version manager, earlier on the path, has no Debian packages.
    names: ['/usr/bin/python3'],
    debianPackage: `--no-install-recommends ${debianPackages.join(' ')}`,
    variable,
    accepts: importsAll,
  });
}
