namespace Errand.Sqlite;

/// <summary>The kinds that are paused and those that are drained: named records, which are read once for each transaction that asks.</summary>
internal sealed class GateTable(SqliteConnection connection)
{
    private readonly List<string> _paused = [], _draining = [];
    private SqliteStatement? _read;
    private bool _isKnown;

    /// <summary>Whether any kind is paused or drained.</summary>
    public bool Any
    {
        get
        {
            Know();
            return _paused.Count + _draining.Count > 0;
        }
    }

    /// <summary>What pauses a kind: its name, or none where all are paused.</summary>
    public string? PausesOf(string kind) => Of(_paused, kind);

    /// <summary>What drains a kind.</summary>
    public string? DrainsOf(string kind) => Of(_draining, kind);

    /// <summary>Has the next one who asks look again.</summary>
    public void Forget() => _isKnown = false;

    private string? Of(List<string> kinds, string kind)
    {
        Know();
        return kinds.Count == 0 ? null : kinds.Contains("") ? "" : kinds.Contains(kind) ? kind : null;
    }

    private void Know()
    {
        if (_isKnown) return;
        _paused.Clear();
        _draining.Clear();
        _read ??= connection.Prepare(
            "SELECT 1, substr(name, 8) FROM record WHERE name >= 'paused/' AND name < 'paused0' UNION ALL " +
            "SELECT 0, substr(name, 10) FROM record WHERE name >= 'draining/' AND name < 'draining0'");
        while (_read.Step()) (_read.Int64(0) == 1 ? _paused : _draining).Add(_read.Text(1));
        _read.Reset();
        _isKnown = true;
    }
}
