import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Path → content of one repository; a `null` is a submodule, and a text after `->` a link. */
export type FakeFiles = Readonly<Record<string, string | Uint8Array | null>>;

type FakeRepository = {
  readonly defaultBranch?: string;
  /** By branch or tag. */
  readonly refs: Readonly<Record<string, FakeFiles>>;
  readonly isPrivate?: boolean;
};

/** What the server says in place of an answer. */
type FakeRefusal = {
  readonly status: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

type SeenRequest = {
  readonly path: string;
  readonly authorization: string | null;
  readonly userAgent: string | null;
};

export type GithubServer = {
  /** Of the API and of downloads alike; without a slash at its end. */
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  /** Puts a repository (`owner/name`) in place of what there was. */
  put(name: string, repository: FakeRepository): void;
  /** Refuses paths that contain a text; `null` ends it. */
  refuse(part: string, refusal: FakeRefusal | null): void;
  close(): Promise<void>;
};

export type GithubServerOptions = {
  /** Opens private repositories; any other token is refused. */
  readonly token?: string;
};

type Answer = { readonly status: number; readonly body: unknown };

const MISSING: Answer = { status: 404, body: { message: 'Not Found' } };
/** GitHub gives no more files of one folder. */
const FOLDER_FILES_MAX = 1_000;

/** As much of GitHub's REST API and of its downloads as reading a repository takes, on loopback. */
export async function startGithubServer(options: GithubServerOptions = {}): Promise<GithubServer> {
  const repositories = new Map<string, FakeRepository>();
  const refusals = new Map<string, FakeRefusal>();
  const requests: SeenRequest[] = [];
  let origin = '';

  const respond = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? '/';
    const { authorization = null, 'user-agent': userAgent = null } = request.headers;
    requests.push({ path, authorization, userAgent });
    const refusal = [...refusals].find(([part]) => path.includes(part))?.[1];
    if (refusal !== undefined) {
      const { status, message = 'refused', headers = {} } = refusal;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ message }));
      return;
    }
    const { status, body } = answer(path, authorization);
    const isBytes = body instanceof Uint8Array;
    response.writeHead(status, { 'content-type': isBytes ? 'text/plain' : 'application/json' });
    response.end(isBytes ? body : JSON.stringify(body));
  };

  const answer = (path: string, authorization: string | null): Answer => {
    if (authorization !== null && authorization !== `Bearer ${options.token}`) {
      return { status: 401, body: { message: 'Bad credentials' } };
    }
    const url = new URL(path, origin);
    const [kind, owner, name, ...rest] = url.pathname.split('/').filter(Boolean);
    const repository = repositories.get(`${owner}/${name}`);
    if (repository === undefined || (repository.isPrivate && authorization === null)) {
      return MISSING;
    }
    const [what = '', ...more] = rest.map(decodeURIComponent);
    if (kind === 'raw') return download(repository, what, more.join('/'));
    if (kind !== 'repos') return MISSING;
    if (what === '') {
      return { status: 200, body: { default_branch: repository.defaultBranch ?? 'main' } };
    }
    if (what === 'commits') return commit(repository, more.join('/'));
    if (what === 'git') return tree(repository, more[1] ?? '');
    const at = `${origin}/raw/${owner}/${name}`;
    return what === 'contents' ? contents(repository, url, { at, path: more.join('/') }) : MISSING;
  };

  const server = createServer(respond);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    requests,
    put: (name, repository) => void repositories.set(name, repository),
    refuse(part, refusal) {
      if (refusal === null) refusals.delete(part);
      else refusals.set(part, refusal);
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

const shaOf = (content: string | Uint8Array | null): string => {
  const bytes = bytesOf(content ?? '');
  return createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex');
};

/** A commit's name is by its ref and its files. */
const commitOf = (ref: string, files: FakeFiles): string =>
  createHash('sha1').update(ref).update(JSON.stringify(files)).digest('hex');

function filesAt({ refs }: FakeRepository, ref: string): FakeFiles | undefined {
  return (
    refs[ref] ?? Object.entries(refs).find(([name, files]) => commitOf(name, files) === ref)?.[1]
  );
}

function commit(repository: FakeRepository, ref: string): Answer {
  const files = repository.refs[ref];
  if (files === undefined) return { status: 422, body: { message: `No commit found for ${ref}` } };
  if (Object.keys(files).length === 0) {
    return { status: 409, body: { message: 'Git Repository is empty.' } };
  }
  return { status: 200, body: { sha: commitOf(ref, files) } };
}

function tree(repository: FakeRepository, ref: string): Answer {
  const files = filesAt(repository, ref);
  if (files === undefined) return MISSING;
  const folders = new Set<string>();
  for (const path of Object.keys(files)) {
    const names = path.split('/').slice(0, -1);
    names.forEach((_name, at) => void folders.add(names.slice(0, at + 1).join('/')));
  }
  const entries = Object.entries(files).map(([path, content]) => ({
    path,
    mode: content === null ? '160000' : isLink(content) ? '120000' : '100644',
    type: content === null ? 'commit' : 'blob',
    sha: shaOf(content),
    ...(content === null ? {} : { size: bytesOf(content).byteLength }),
  }));
  const above = [...folders].map((path) => ({
    path,
    mode: '040000',
    type: 'tree',
    sha: 'f'.repeat(40),
  }));
  return { status: 200, body: { tree: [...above, ...entries], truncated: false } };
}

const isLink = (content: string | Uint8Array): boolean =>
  typeof content === 'string' && content.startsWith('->');

function contents(
  repository: FakeRepository,
  url: URL,
  { at, path }: { readonly at: string; readonly path: string },
): Answer {
  const ref = url.searchParams.get('ref') ?? repository.defaultBranch ?? 'main';
  const files = filesAt(repository, ref);
  if (files === undefined) return MISSING;
  const describe = (file: string, content: string | Uint8Array | null) => ({
    name: file.slice(file.lastIndexOf('/') + 1),
    path: file,
    sha: shaOf(content),
    size: content === null ? 0 : bytesOf(content).byteLength,
    type: content !== null && isLink(content) ? 'symlink' : 'file',
    download_url:
      content === null ? null : `${at}/${ref}/${file.split('/').map(encodeURIComponent).join('/')}`,
  });
  const own = files[path];
  if (own !== undefined) return { status: 200, body: describe(path, own) };
  const prefix = path === '' ? '' : `${path}/`;
  const below = Object.entries(files).filter(([file]) => file.startsWith(prefix));
  if (below.length === 0) return MISSING;
  const listed = new Map<string, object>();
  for (const [file, content] of below) {
    const [name = '', ...deeper] = file.slice(prefix.length).split('/');
    const at = `${prefix}${name}`;
    const folder = {
      name,
      path: at,
      sha: 'f'.repeat(40),
      size: 0,
      type: 'dir',
      download_url: null,
    };
    if (!listed.has(at)) listed.set(at, deeper.length > 0 ? folder : describe(file, content));
  }
  return { status: 200, body: [...listed.values()].slice(0, FOLDER_FILES_MAX) };
}

function download(repository: FakeRepository, ref: string, path: string): Answer {
  const content = filesAt(repository, ref)?.[path];
  return content === undefined || content === null
    ? { status: 404, body: new TextEncoder().encode('404: Not Found') }
    : { status: 200, body: bytesOf(content) };
}
