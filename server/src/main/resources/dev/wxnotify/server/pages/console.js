/*
 * What makes the console live: the curves, the list of events, and refreshes that do not disturb.
 * Pages are complete to read without it.
 */
(function () {
  'use strict';

  // ---- Refreshes: htmx asks every few seconds for the parts that have data-refresh

  function isBusy() {
    var focused = document.activeElement;
    var selection = window.getSelection();
    return document.hidden
      || (focused && focused.closest('[data-refresh]') && focused.matches(':focus-visible'))
      || (selection && !selection.isCollapsed);
  }

  document.addEventListener('htmx:beforeRequest', function (event) {
    if (event.target.classList.contains('refresh') && isBusy()) {
      event.preventDefault();
    }
  });

  // ---- The curves

  var SERIES = [
    { name: 'accepted', label: 'accepted', color: '--series-1', dash: [], width: 2 },
    { name: 'rejected', label: 'rejected', color: '--series-3', dash: [7, 4], width: 2 },
    { name: 'not_sent', label: 'notSent', color: '--series-4', dash: [2, 3], width: 2.5 },
    { name: 'unknown', label: 'unknown', color: '--series-5', dash: [9, 3, 2, 3], width: 2 }
  ];
  var HEIGHT = 240;
  var INTERVAL = 10000;

  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function two(number) {
    return (number < 10 ? '0' : '') + number;
  }

  function clock(seconds, withSeconds) {
    var time = new Date(seconds * 1000);
    return two(time.getHours()) + ':' + two(time.getMinutes())
      + (withSeconds ? ':' + two(time.getSeconds()) : '');
  }

  function zone(seconds) {
    var minutes = -new Date(seconds * 1000).getTimezoneOffset();
    var size = Math.abs(minutes);
    return (minutes < 0 ? '-' : '+') + two(Math.floor(size / 60)) + ':' + two(size % 60);
  }

  // A line needs two points.
  function options(box, isShort) {
    var line = { stroke: color('--muted'), grid: { stroke: color('--grid'), width: 1 }, ticks: { stroke: color('--grid'), width: 1 }, font: '12px system-ui, sans-serif' };
    return {
      width: box.clientWidth,
      height: HEIGHT,
      cursor: { drag: { x: false, y: false }, points: { size: 7 } },
      legend: { live: true },
      scales: {
        x: { time: true, range: function () { var now = Date.now() / 1000; return [now - 3600, now]; } },
        y: { range: function (u, low, high) { return [0, Math.max(high || 0, 1) * 1.1]; } }
      },
      axes: [
        Object.assign({ values: function (u, all) { return all.map(function (each) { return clock(each, false); }); } }, line),
        Object.assign({ size: 56, values: function (u, all) { return all.map(function (each) { return each.toLocaleString(); }); } }, line)
      ],
      series: [{ label: box.dataset.time, value: function (u, value) { return value === null ? '–' : clock(value, true) + ' ' + zone(value); } }]
        .concat(SERIES.map(function (each) {
          return {
            label: box.dataset[each.label],
            stroke: color(each.color),
            width: each.width,
            dash: each.dash,
            points: { show: isShort },
            value: function (u, value) { return value === null ? '–' : value.toLocaleString(); }
          };
        }))
    };
  }

  function chart(box) {
    var plot = null;
    var data = null;

    function draw() {
      if (data === null) {
        return;
      }
      if (plot !== null) {
        plot.destroy();
      }
      plot = new uPlot(options(box, data[0].length < 3), data, box);
    }

    function load() {
      if (document.hidden) {
        return;
      }
      fetch(box.dataset.history, { headers: { Accept: 'application/json' } })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (json) {
          if (json === null) {
            return;
          }
          data = [json.at].concat(SERIES.map(function (each) { return json[each.name]; }));
          if (plot === null || data[0].length < 4) {
            draw();
          } else {
            plot.setData(data);
          }
        })
        .catch(function () { /* The next one may come. */ });
    }

    new ResizeObserver(function () {
      if (plot !== null && box.clientWidth > 0) {
        plot.setSize({ width: box.clientWidth, height: HEIGHT });
      }
    }).observe(box);
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    document.addEventListener('visibilitychange', load);
    window.setInterval(load, INTERVAL);
    load();
  }

  if (window.uPlot) {
    document.querySelectorAll('[data-history]').forEach(chart);
  }

  // ---- Events

  var list = document.getElementById('events');
  if (!list || !list.dataset.most) {
    return;
  }
  var most = Number(list.dataset.most);
  var button = document.getElementById('pause');
  var nothing = document.getElementById('no-events');
  var newest = list.firstElementChild ? Number(list.firstElementChild.dataset.position) : 0;
  var cursor = '';
  var isPaused = false;
  var waiting = [];

  // Who connects again goes on after the last event that came, and not after the page's first.
  if (window.htmx) {
    var connect = htmx.createEventSource;
    htmx.createEventSource = function (url) {
      var target = new URL(url, window.location.href);
      if (cursor !== '') {
        target.searchParams.set('after', cursor);
      }
      return connect(target.pathname + target.search);
    };
  }

  function position(html) {
    var found = /data-position="(\d+)"/.exec(html);
    return found ? Number(found[1]) : 0;
  }

  function trim() {
    while (list.children.length > most) {
      list.lastElementChild.remove();
    }
    nothing.hidden = list.children.length > 0;
  }

  function label() {
    button.textContent = isPaused ? button.dataset.resume : button.dataset.pause;
    if (waiting.length > 0) {
      button.textContent += ' · ' + button.dataset.waiting.replace('{0}', waiting.length);
    }
    button.setAttribute('aria-pressed', String(isPaused));
  }

  list.addEventListener('htmx:sseBeforeMessage', function (event) {
    var html = event.detail.data;
    cursor = event.detail.lastEventId || cursor;
    var place = position(html);
    if (place <= newest) {
      event.preventDefault();
      return;
    }
    newest = place;
    if (isPaused) {
      event.preventDefault();
      waiting.push(html);
      if (waiting.length > most) {
        waiting.shift();
      }
      label();
    }
  });
  list.addEventListener('htmx:sseMessage', function () {
    list.firstElementChild.classList.add('new');
    trim();
  });

  // How many events were left out since the page was opened.
  var note = document.getElementById('left-out');
  var left = 0;
  note.addEventListener('htmx:sseBeforeMessage', function (event) {
    event.preventDefault();
    left += Number(event.detail.data) || 0;
    note.textContent = note.dataset.text.replace('{0}', left.toLocaleString());
    note.hidden = left === 0;
  });

  button.hidden = false;
  button.addEventListener('click', function () {
    isPaused = !isPaused;
    if (!isPaused) {
      waiting.forEach(function (html) { htmx.swap(list, html, { swapStyle: 'afterbegin' }); });
      waiting = [];
      trim();
    }
    label();
  });
})();
