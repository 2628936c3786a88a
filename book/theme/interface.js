// As palavras do mdBook em português. «Show hidden lines» fica: book.js compara o título.
'use strict';

(function portugueseInterface() {
    const texts = {
        'Keyboard shortcuts': 'Atalhos do teclado',
        'Auto': 'Automático',
        'Light': 'Claro',
        'Rust': 'Ferrugem',
        'Coal': 'Carvão',
        'Navy': 'Azul-escuro',
        'Toggle Table of Contents': 'Mostrar ou esconder o sumário',
        'Table of contents': 'Sumário',
        'Change theme': 'Mudar as cores',
        'Themes': 'Cores',
        'Search (`/`)': 'Buscar (tecla /)',
        'Toggle Searchbar': 'Mostrar ou esconder a busca',
        'Search this book ...': 'Buscar no livro…',
        'Print this book': 'Imprimir o livro',
        'Page navigation': 'Navegação entre páginas',
        'Previous chapter': 'Capítulo anterior',
        'Next chapter': 'Próximo capítulo',
        'Copy to clipboard': 'Copiar',
        'Copied!': 'Copiado!',
        'Clipboard error!': 'Não foi possível copiar',
        'Search Result Teaser': 'Trecho do resultado',
    };
    const attributes = ['title', 'aria-label', 'placeholder'];

    function translate(root) {
        const selector = attributes.map(name => '[' + name + ']').join(',');
        for (const element of root.querySelectorAll(selector)) {
            for (const name of attributes) {
                const text = texts[element.getAttribute(name)];
                if (text) {
                    element.setAttribute(name, text);
                }
            }
        }
    }

    translate(document);
    const help = document.getElementById('mdbook-help-popup');
    if (help) {
        const lines = [
            ['←', '→', 'para ir de um capítulo a outro'],
            ['S', '/', 'para buscar no livro'],
            ['?', '', 'para mostrar esta ajuda'],
            ['Esc', '', 'para fechar esta ajuda'],
        ];
        help.querySelector('h2').textContent = texts['Keyboard shortcuts'];
        help.querySelector('div').innerHTML = lines.map(line => '<p>Tecle <kbd>' + line[0] + '</kbd> '
            + (line[1] && 'ou <kbd>' + line[1] + '</kbd> ') + line[2] + '</p>').join('');
    }
    // O mdBook faz o botão do sumário de um rótulo, que o teclado não alcança.
    const toggle = document.getElementById('mdbook-sidebar-toggle');
    toggle.setAttribute('role', 'button');
    toggle.tabIndex = 0;
    toggle.addEventListener('keydown', event => {
        if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            toggle.click();
        }
    });

    // Código mais largo que a página rola também pelo teclado.
    function reachable() {
        for (const code of document.querySelectorAll('main pre > code')) {
            if (code.scrollWidth > code.clientWidth) {
                code.tabIndex = 0;
            } else {
                code.removeAttribute('tabindex');
            }
        }
    }
    reachable();
    window.addEventListener('load', reachable);
    window.addEventListener('resize', reachable);

    for (const theme of document.querySelectorAll('button.theme')) {
        theme.textContent = texts[theme.textContent.trim()] || theme.textContent;
    }
    if (document.title.startsWith('Page not found')) {
        document.title = document.title.replace('Page not found', 'Página não encontrada');
    }

    // O que o mdBook escreve depois: quantos resultados, e «Copied!».
    const header = document.getElementById('mdbook-searchresults-header');
    function results() {
        const text = header.textContent
            .replace(/^1 search result for/, '1 resultado para')
            .replace(/^(\d+) search results for/, '$1 resultados para')
            .replace(/^No search results for/, 'Nada encontrado para');
        if (text !== header.textContent) {
            header.textContent = text;
            translate(header.parentElement);
        }
    }
    if (header) {
        new MutationObserver(results).observe(header, { childList: true, characterData: true, subtree: true });
        // O mdBook aponta para um nome que não existe.
        const bar = document.getElementById('mdbook-searchbar');
        bar.setAttribute('aria-describedby', header.id);
        bar.setAttribute('aria-label', 'Buscar no livro');
    }
    document.addEventListener('click', event => {
        const button = event.target.closest('.clip-button');
        if (button) {
            window.setTimeout(() => {
                const tip = button.querySelector('.tooltiptext');
                if (tip) {
                    tip.textContent = texts[tip.textContent] || tip.textContent;
                }
            }, 30);
        }
    });
})();
