namespace Errand.Sqlite;

/// <summary>
/// The caps that jobs stand under. What a transaction counts is kept here until it ends, so that a cap which a thousand jobs share is read
/// once and written once for all of them.
/// </summary>
internal sealed class CapTable(SqliteConnection connection)
{
    // More caps than this have somebody in line and room for him only while nobody takes what there is.
    private const int MostOpenAtOnce = 1000;
    private const string Columns =
        "name, most_running, most_queued, rate_count, rate_period, rate_burst, running, queued, waiting, free_at";

    private readonly Dictionary<string, CapState> _states = new(StringComparer.Ordinal);
    private SqliteStatement? _find, _open, _write, _drop, _list;

    /// <summary>The caps of a job.</summary>
    public CapState[] Of(IReadOnlyList<JobCap> caps)
    {
        if (caps.Count == 0) return [];
        var states = new CapState[caps.Count];
        for (int i = 0; i < states.Length; i++) states[i] = Of(caps[i].Name);
        return states;
    }

    public CapState Of(string name)
    {
        if (_states.TryGetValue(name, out var state)) return state;
        _find ??= connection.Prepare($"SELECT {Columns} FROM cap WHERE name = ?");
        state = _find.Bind(1, name).Step() ? Read(_find) : new(name);
        _find.Reset();
        _states.Add(name, state);
        return state;
    }

    /// <summary>Those that have somebody in line whom they let start, as of the claim that begins.</summary>
    public IEnumerable<CapState> LettingStart(DateTimeOffset now) => _states.Values.Where(state => state.IsOpen && state.Lets(now));

    /// <summary>Finds those that have somebody in line, and when the rate of the next one lets him start.</summary>
    public void FindOpen(DateTimeOffset now)
    {
        Flush();
        _open ??= connection.Prepare($"SELECT {Columns} FROM cap INDEXED BY cap_open WHERE open = 1 ORDER BY free_at LIMIT ?");
        _open.Bind(1, MostOpenAtOnce);
        // The first whose time is still to come tells when to ask again; the others come after it.
        for (bool more = true; more && _open.Step();)
        {
            var state = Read(_open);
            if (!_states.TryAdd(state.Name, state)) state = _states[state.Name];
            more = state.FreeAt <= now;
        }
        _open.Reset();
    }

    /// <summary>When a rate lets the next one start, of the caps that were found open.</summary>
    public DateTimeOffset? NextFree(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var state in _states.Values)
            if (state.IsOpen && state.Size.Rate is not null && state.FreeAt > now && !(next < state.FreeAt)) next = state.FreeAt;
        return next;
    }

    /// <summary>Those that live jobs stand under, by name.</summary>
    public IReadOnlyList<CapUse> List(string prefix, string? after, int limit)
    {
        _list ??= connection.Prepare($"SELECT {Columns} FROM cap WHERE name >= ? AND name > ? ORDER BY name");
        _list.Bind(1, prefix).Bind(2, after ?? "");
        try
        {
            List<CapUse> uses = [];
            while (uses.Count < limit && _list.Step() && Read(_list) is var state && state.Name.StartsWith(prefix, StringComparison.Ordinal))
                if (state.Running + state.Queued > 0) uses.Add(state.Use);
            return uses;
        }
        finally
        {
            _list.Reset();
        }
    }

    /// <summary>Writes what was counted.</summary>
    public void Flush()
    {
        foreach (var state in _states.Values)
        {
            if (!state.IsChanged) continue;
            if (!state.IsIdle) Write(state);
            else if (state.IsStored) (_drop ??= connection.Prepare("DELETE FROM cap WHERE name = ?")).Bind(1, state.Name).Run();
            state.IsStored = !state.IsIdle;
            state.IsChanged = false;
        }
    }

    /// <summary>Forgets what was counted and not written: the transaction has ended, or a part of it was undone.</summary>
    public void Forget() => _states.Clear();

    private void Write(CapState state)
    {
        _write ??= connection.Prepare($"INSERT OR REPLACE INTO cap ({Columns}, open) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _write.Bind(1, state.Name)
            .Bind(2, (long?)state.Size.Running)
            .Bind(3, (long?)state.Size.Queued)
            .Bind(4, (long?)state.Size.Rate?.Count)
            .Bind(5, state.Size.Rate?.Period.Ticks)
            .Bind(6, (long?)state.Size.Rate?.Burst)
            .Bind(7, state.Running)
            .Bind(8, state.Queued)
            .Bind(9, state.Waiting)
            // In ticks: a rate that no millisecond divides must not drift. Without one, it is open whenever it has room.
            .Bind(10, state.Size.Rate is null ? 0 : state.FreeAt.UtcTicks)
            .Bind(11, state.IsOpen ? 1L : 0L)
            .Run();
    }

    private static CapState Read(SqliteStatement row) => new(row.Text(0))
    {
        Size = new()
        {
            Running = (int?)row.Int64OrNull(1),
            Queued = (int?)row.Int64OrNull(2),
            Rate = row.IsNull(3) ? null : new((int)row.Int64(3), TimeSpan.FromTicks(row.Int64(4))) { Burst = (int)row.Int64(5) },
        },
        Running = (int)row.Int64(6),
        Queued = (int)row.Int64(7),
        Waiting = (int)row.Int64(8),
        FreeAt = new(row.Int64(9), TimeSpan.Zero),
        IsStored = true,
    };
}
