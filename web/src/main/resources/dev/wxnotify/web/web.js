/*
 * What makes pages live. Without it they are complete to read; it is no module and needs no build.
 * Pages use it by attributes:
 *   data-copy            a button that copies its value, or the text of the <code> beside it
 *   data-time="ago"      a <time> that is kept up to date; "exact" is shown in the browser's zone
 *   data-filter          what "/" focuses
 *   hx-trigger="web:refresh from:body"   asks again after events may have been missed
 */
(function () {
  'use strict';

  var HIDDEN_LIMIT = 30000;
  var root = document.documentElement;
  var texts = JSON.parse(document.body.dataset.texts || '{}');
  // By how much the clock of the browser is ahead of the server's.
  var skew = Date.now() - Date.parse(document.body.dataset.now);
  root.classList.add('js');
  var here = document.querySelector('.nav [aria-current]');
  if (here) {
    // On phones the bar is wider than the window.
    here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 40;
  }

  // ---- Toasts

  function toast(text, tone, milliseconds) {
    var box = document.createElement('div');
    box.className = 'toast ' + tone;
    var line = document.createElement('span');
    line.textContent = text;
    var close = document.createElement('button');
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', texts.close);
    close.addEventListener('click', function () { box.remove(); });
    box.append(line, close);
    var all = document.getElementById('toasts');
    while (all.children.length > 3) {
      all.firstChild.remove();
    }
    all.append(box);
    window.setTimeout(function () { box.remove(); }, milliseconds);
  }

  document.addEventListener('htmx:responseError', function (event) {
    var request = event.detail.xhr;
    if (request.status === 401) {
      // The session has ended: the page becomes the form.
      window.location.reload();
      return;
    }
    var type = request.getResponseHeader('Content-Type') || '';
    var why = type.indexOf('text/plain') === 0 ? request.responseText.split('\n')[0].slice(0, 200) : '';
    toast(texts.failed.replace('{0}', why || request.status), 'bad', 10000);
  });
  ['htmx:sendError', 'htmx:timeout'].forEach(function (name) {
    document.addEventListener(name, function () { toast(texts['failed.offline'], 'bad', 10000); });
  });
  // Pages may say something by an HX-Trigger header: {"web:toast": {"text": "…", "tone": "ok"}}.
  document.addEventListener('web:toast', function (event) {
    toast(event.detail.text, event.detail.tone || 'info', 5000);
  });

  // ---- Copying

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text).catch(function () { return copyBySelection(text); });
    }
    return copyBySelection(text);
  }

  // Over HTTP to another machine, browsers have the old way only.
  function copyBySelection(text) {
    var area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    var done = document.execCommand('copy');
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error('refused'));
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest ? event.target.closest('[data-copy]') : null;
    if (!button) {
      return;
    }
    var code = button.parentElement.querySelector('code');
    copy(button.dataset.copy || (code ? code.textContent : '')).then(function () {
      button.focus();
      toast(texts.copied, 'ok', 2500);
    }, function () {
      toast(texts['copy.failed'], 'bad', 5000);
    });
  });

  // ---- Times

  function two(number) {
    return (number < 10 ? '0' : '') + number;
  }

  // As Times does: a time without its zone is read in the wrong one.
  function zone(time) {
    var minutes = -time.getTimezoneOffset();
    var size = Math.abs(minutes);
    return (minutes < 0 ? '-' : '+') + two(Math.floor(size / 60)) + ':' + two(size % 60);
  }

  function exact(time) {
    return time.getFullYear() + '-' + two(time.getMonth() + 1) + '-' + two(time.getDate())
      + ' ' + two(time.getHours()) + ':' + two(time.getMinutes()) + ':' + two(time.getSeconds())
      + ' ' + zone(time);
  }

  function ago(time) {
    var seconds = Math.trunc((Date.now() - skew - time.getTime()) / 1000);
    var kind = seconds < 0 ? 'time.in.' : 'time.ago.';
    seconds = Math.abs(seconds);
    if (seconds < 5) {
      return texts['time.now'];
    }
    var unit = seconds < 60 ? ['seconds', 1]
      : seconds < 3600 ? ['minutes', 60]
      : seconds < 172800 ? ['hours', 3600] : ['days', 86400];
    return texts[kind + unit[0]].replace('{0}', Math.floor(seconds / unit[1]));
  }

  function showTimes(within) {
    within.querySelectorAll('time[data-time]').forEach(function (element) {
      var time = new Date(element.dateTime);
      if (isNaN(time)) {
        return;
      }
      var text = element.dataset.time === 'ago' ? ago(time) : exact(time);
      if (element.textContent !== text) {
        element.textContent = text;
      }
      element.title = element.dataset.time === 'ago' ? exact(time) : element.dateTime;
    });
  }

  showTimes(document);
  document.addEventListener('htmx:load', function (event) { showTimes(event.target.parentElement || document); });
  window.setInterval(function () {
    if (!document.hidden) {
      showTimes(document);
    }
  }, 5000);

  // ---- Events

  var live = document.getElementById('live');
  var sources = [];
  var missed = false;

  function show(connected) {
    live.hidden = false;
    live.classList.toggle('off', !connected);
    var text = connected ? texts['live.on'] : texts['live.off'];
    live.title = text;
    live.firstElementChild.textContent = text;
  }

  // A browser has six connections to a host over HTTP/1.1, and each page with events keeps one: a
  // page that nobody looks at lets go of it, and asks again when it is looked at.
  if (window.htmx) {
    htmx.createEventSource = function (url) {
      var source = new EventSource(url);
      var reconnect = function () {};
      // The extension hears of an end without the event, which it would log as an error: streams end
      // when the server says so, too.
      Object.defineProperty(source, 'onerror', {
        get: function () { return reconnect; },
        set: function (handler) { reconnect = function () { handler(); }; }
      });
      source.addEventListener('error', function () {
        missed = true;
        show(false);
        reconnect();
      });
      sources = sources.filter(function (each) { return each.readyState !== EventSource.CLOSED; });
      sources.push(source);
      return source;
    };
  }
  document.addEventListener('htmx:sseOpen', function () {
    show(true);
    if (missed) {
      missed = false;
      htmx.trigger(document.body, 'web:refresh');
    }
  });
  document.addEventListener('htmx:sseClose', function (event) {
    if (event.detail.type !== 'message') {
      live.hidden = true;
    }
  });

  var hiding = 0;
  var paused = [];
  document.addEventListener('visibilitychange', function () {
    window.clearTimeout(hiding);
    if (document.hidden) {
      hiding = window.setTimeout(function () {
        paused = sources.filter(function (each) { return each.readyState !== EventSource.CLOSED; });
        paused.forEach(function (each) { each.close(); });
      }, HIDDEN_LIMIT);
    } else {
      showTimes(document);
      // The extension connects again after the end of a closed source.
      missed = missed || paused.length > 0;
      paused.forEach(function (each) { each.onerror(); });
      paused = [];
    }
  });

  // ---- Keys

  document.addEventListener('keydown', function (event) {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (event.target.closest && event.target.closest('input, textarea, select, [contenteditable]')) {
      return;
    }
    var filter = document.querySelector('[data-filter]') || document.querySelector('input[type="search"]');
    if (filter) {
      event.preventDefault();
      filter.focus();
      filter.select();
    }
  });
})();
