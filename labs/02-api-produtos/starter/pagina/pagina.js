// Chama a API de produtos com fetch. Não é preciso mudar nada aqui.
"use strict";

const campo = (id) => document.getElementById(id);
const caminhoDoProduto = () => "/produtos/" + encodeURIComponent(campo("id").value.trim());

// "12,90" e "12.90" viram 12.9. O que não é número segue como foi digitado:
// quem decide se serve é a API.
function numero(texto) {
  const limpo = texto.trim().replace(",", ".");
  return limpo !== "" && Number.isFinite(Number(limpo)) ? Number(limpo) : texto.trim();
}

function produto() {
  return {
    id: numero(campo("id").value),
    nome: campo("nome").value.trim(),
    preco: numero(campo("preco").value),
  };
}

function mostrar(texto, certo) {
  const lugar = campo("resultado");
  lugar.textContent = texto;
  lugar.className = certo ? "certo" : "erro";
}

async function chamar(metodo, caminho, { corpo, comChave } = {}) {
  const endereco = campo("endereco").value.trim().replace(/\/+$/, "");
  if (!endereco) {
    return mostrar("Escreva primeiro o endereço da API.", false);
  }
  const cabecalhos = {};
  if (corpo !== undefined) {
    cabecalhos["Content-Type"] = "application/json";
  }
  if (comChave && campo("chave").value.trim()) {
    cabecalhos["X-Api-Key"] = campo("chave").value.trim();
  }
  mostrar(`${metodo} ${caminho} …`, true);
  let resposta;
  try {
    resposta = await fetch(endereco + caminho, {
      method: metodo,
      headers: cabecalhos,
      body: corpo === undefined ? undefined : JSON.stringify(corpo),
    });
  } catch {
    // O navegador não conta à página por que barrou: só o console dele diz.
    return mostrar(
      `${metodo} ${caminho}: o navegador não entregou a resposta.\n\n` +
        "Ou o endereço está errado ou fora do ar, ou faltam os cabeçalhos de CORS " +
        "(Access-Control-Allow-…). O console do navegador (tecla F12) diz qual dos dois.",
      false,
    );
  }
  const texto = await resposta.text();
  mostrar(`${metodo} ${caminho}: ${resposta.status}\n\n${bonito(texto)}`, resposta.ok);
}

function bonito(texto) {
  try {
    return JSON.stringify(JSON.parse(texto), null, 2);
  } catch {
    return texto;
  }
}

campo("consultar").onclick = () => chamar("GET", caminhoDoProduto());
campo("criar").onclick = () => chamar("POST", "/produtos", { corpo: produto() });
campo("editar").onclick = () => chamar("PUT", caminhoDoProduto(), { corpo: produto() });
campo("apagar").onclick = () => chamar("DELETE", caminhoDoProduto());
campo("listar").onclick = () => chamar("GET", "/produtos", { comChave: true });

// Um endereço em ?endereco=… já vem preenchido; com &id=…, a consulta é feita.
const pedido = new URLSearchParams(location.search);
campo("endereco").value = pedido.get("endereco") ?? "";
campo("id").value = pedido.get("id") ?? "";
if (pedido.has("id")) {
  campo("consultar").click();
}
