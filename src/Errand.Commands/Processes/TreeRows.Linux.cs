using System.Buffers;

namespace Errand.Commands;

/// <summary>Which rows of a table are of one tree.</summary>
internal readonly struct TreeRows : IDisposable
{
    private readonly Place[] _places;

    private TreeRows(Place[] places) => _places = places;

    private enum Place : byte
    {
        Unknown,
        Inside,
        Outside,
    }

    /// <summary>Whether a row is of the tree.</summary>
    /// <param name="row">Which row.</param>
    public bool Has(int row) => _places[row] == Place.Inside;

    /// <summary>Finds a supervisor's tree, without the supervisor.</summary>
    /// <param name="table">All processes.</param>
    /// <param name="supervisor">The supervisor, alive or not.</param>
    /// <param name="mark">What the tree carries, or the default.</param>
    /// <param name="group">Its control group, where there is one.</param>
    public static TreeRows Find(ProcessTable table, ProcessKey supervisor, ProcessMark mark, ControlGroup? group)
    {
        var rows = table.Rows;
        var tree = new TreeRows(ArrayPool<Place>.Shared.Rent(rows.Length));
        tree._places.AsSpan(0, rows.Length).Clear();
        int root = table.IndexOf(supervisor.Pid);
        if (root >= 0 && rows[root].Key != supervisor) root = -1;
        group?.ForEachMember(pid => tree.Put(table.IndexOf(pid)));
        if (!mark.IsNone)
            for (int i = 0; i < rows.Length; i++)
                // Nobody who was there before the supervisor can be of its tree, which spares reading the marks of most.
                if (rows[i].Key.StartedAt >= supervisor.StartedAt && !rows[i].HasEnded && table.MarkOf(i) == mark) tree.Put(i);
        if (root >= 0) tree.Put(root);
        // A server that a command has started may serve that very command later: it and what it runs are not the command's any more.
        int self = table.IndexOf(Environment.ProcessId);
        if (self >= 0) tree._places[self] = Place.Outside;
        for (int i = 0; i < rows.Length; i++) tree.Follow(table, i);
        if (root >= 0) tree._places[root] = Place.Outside;
        return tree;
    }

    public void Dispose() => ArrayPool<Place>.Shared.Return(_places);

    private void Put(int row)
    {
        if (row >= 0) _places[row] = Place.Inside;
    }

    /// <summary>Goes up from a row to the first whose place is known, and notes it for all on the way.</summary>
    private void Follow(ProcessTable table, int row)
    {
        int end = row;
        // Outside for now: the table is not of one moment, so that its parents may even go round in a circle.
        for (; end >= 0 && _places[end] == Place.Unknown; end = ParentOf(table, end)) _places[end] = Place.Outside;
        if (end < 0 || _places[end] != Place.Inside) return;
        for (int at = row; at != end; at = ParentOf(table, at)) _places[at] = Place.Inside;
    }

    private static int ParentOf(ProcessTable table, int row)
    {
        int parent = table.IndexOf(table.Rows[row].Parent);
        // A parent that is younger than its child has got the number of the real one, which is gone.
        return parent >= 0 && table.Rows[parent].Key.StartedAt <= table.Rows[row].Key.StartedAt ? parent : -1;
    }
}
