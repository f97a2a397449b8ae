// Uploading: files dropped or chosen are sent one interaction at a time, so that each one's fate shows at once.

const drop = document.getElementById("drop");
const chosen = document.getElementById("files");
const sending = document.getElementById("sending");
const bar = sending.querySelector("progress");
const AUDIO =
  /\.(wav|wav49|mp3|ogg|oga|opus|m4a|mp4|aac|flac|webm|gsm|amr|awb|g722|g729|raw|pcm|sln\d*|slin|u?law|alaw|ul|al|pcm[ua]|mulaw|mu|au|wma|aif|caf|3gp)$/i;
// Words by which the two files of one call are told apart; the source may add its own.
const LEGS = [["agent", "agente", "asesor", "gestor", "operador", "operator"], ["customer", "cliente", "caller", "client", "deudor"], ["in", "rx"], ["out", "tx"]].flat();
const AT_ONCE = 2;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

chosen.addEventListener("change", () => chosen.files.length && start([...chosen.files]));
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("is-over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("is-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = entries.length ? (await Promise.all(entries.map(filesIn))).flat() : [...event.dataTransfer.files];
  if (found.length) start(found);
});

// A folder is walked to its end; hidden files stay where they are.
async function filesIn(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return [await new Promise((found, lost) => entry.file(found, lost))];
  const reader = entry.createReader();
  const inside = [];
  for (;;) {
    const some = await new Promise((found, lost) => reader.readEntries(found, lost));
    if (!some.length) break;
    inside.push(...some);
  }
  return (await Promise.all(inside.map(filesIn))).flat();
}

// A recording and a transcript of the same name are one interaction, and so are the two sides of a call.
// The server looks again: what does not belong together is taken in apart.
function together(files) {
  const groups = groupedBy(files, (file) => stem(file));
  const alone = [];
  const pairs = [];
  for (const group of groups) {
    const heard = group.filter((file) => AUDIO.test(file.name));
    if (group.length === 2 && heard.length === 1) pairs.push(group);
    else alone.push(...group);
  }
  const own = document.getElementById("source")?.selectedOptions[0]?.dataset.legs?.toLowerCase().split(" ") ?? [];
  const words = new Set([...LEGS, ...own.filter(Boolean)]);
  const call = (file) => {
    const pieces = stem(file).split(/[-_. ()]+/);
    const side = AUDIO.test(file.name) ? pieces.findLastIndex((piece) => words.has(piece)) : -1;
    return side < 0 || pieces.length < 2 ? `=${file.name}` : pieces.with(side, "*").join("-");
  };
  const sides = groupedBy(alone, call);
  return [...pairs, ...sides.flatMap((group) => (group.length === 2 ? [group] : group.map((file) => [file])))];
}

const stem = (file) => file.name.replace(/\.[^.]*$/, "").toLowerCase();

function groupedBy(files, key) {
  const groups = new Map();
  for (const file of files) groups.set(key(file), [...(groups.get(key(file)) ?? []), file]);
  return [...groups.values()];
}

async function start(files) {
  const groups = together(files);
  const total = files.reduce((sum, file) => sum + file.size, 0) || 1;
  const gone = new Map();
  sending.hidden = false;
  sending.querySelector("[data-lost-list]").replaceChildren();
  const source = document.getElementById("source")?.value ?? "";
  const opened = await fetch("/ingest/batches", { method: "POST", body: new URLSearchParams({ source }) });
  if (!opened.ok) return lost(files[0].name);
  const batch = (await opened.json()).id;
  await show(batch);
  let done = 0;
  const waiting = [...groups];
  const told = (group, share) => {
    gone.set(group, share * group.reduce((sum, file) => sum + file.size, 0));
    bar.value = [...gone.values()].reduce((sum, sent) => sum + sent, 0) / total;
  };
  const send = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      sending.querySelector("[data-now]").textContent = fill(drop.dataset.sending, { name: group[0].name });
      try {
        await post(`/ingest/batches/${batch}/files`, group, (share) => told(group, share));
      } catch {
        lost(group[0].name);
      }
      told(group, 1);
      done += group.length;
      sending.querySelector("[data-count]").textContent = fill(drop.dataset.sent, { count: done, total: files.length });
      await show(batch);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await fetch(`/ingest/batches/${batch}/close`, { method: "POST" });
  sending.querySelector("[data-now]").textContent = "";
  if (!sending.querySelector("[data-lost-list] li")) sending.hidden = true;
  drop.reset();
  history.replaceState(null, "", `/ingest?batch=${batch}`);
  await show(batch);
}

// XMLHttpRequest, because fetch does not tell how much of a body has been sent.
function post(address, group, told) {
  return new Promise((sent, failed) => {
    const body = new FormData();
    group.forEach((file) => body.append("files", file, file.name));
    const metadata = document.getElementById("metadata").files[0];
    if (metadata) body.append("metadata", metadata, metadata.name);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.upload.addEventListener("progress", (event) => event.lengthComputable && told(event.loaded / event.total));
    request.addEventListener("load", () => (request.status < 300 ? sent() : failed(new Error(String(request.status)))));
    request.addEventListener("error", () => failed(new Error("network")));
    request.send(body);
  });
}

const show = (batch) => window.htmx.ajax("GET", `/ingest/batches/${batch}`, { target: "#progress", swap: "outerMorph" });

function lost(name) {
  const line = document.createElement("li");
  line.textContent = fill(drop.dataset.lost, { name });
  sending.querySelector("[data-lost-list]").append(line);
}
