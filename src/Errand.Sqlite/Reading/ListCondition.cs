using System.Text;

namespace Errand.Sqlite;

/// <summary>A condition of a query as SQL, with the values that it is bound to.</summary>
internal sealed class ListCondition
{
    private readonly StringBuilder _sql = new();
    private readonly List<object> _values = [];

    public bool IsEmpty => _sql.Length == 0;

    public ListCondition And(string sql, params ReadOnlySpan<object> values)
    {
        if (_sql.Length > 0) _sql.Append(" AND ");
        _sql.Append(sql);
        foreach (object value in values) _values.Add(value);
        return this;
    }

    /// <summary>A condition that may have no value to be compared with.</summary>
    public ListCondition AndWhole(string sql, object? value) => value is null ? And(sql) : And(sql, value);

    public ListCondition AndIf(object? value, string sql) => value is null ? this : And(sql, value);

    /// <summary>Binds the values in order.</summary>
    /// <returns>The number of the next parameter.</returns>
    public int Bind(SqliteStatement statement, int first)
    {
        foreach (object value in _values)
        {
            if (value is string text) statement.Bind(first, text);
            else if (value is JobId id) statement.Bind(first, id);
            else statement.Bind(first, (long)value);
            first++;
        }
        return first;
    }

    public override string ToString() => _sql.ToString();
}
