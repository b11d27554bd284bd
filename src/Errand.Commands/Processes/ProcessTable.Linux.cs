using System.Buffers;
using System.Globalization;
using System.IO.Enumeration;

namespace Errand.Commands;

/// <summary>All processes of the system at about one moment. One reading serves any number of trees.</summary>
internal sealed class ProcessTable : IDisposable
{
    private const int FirstLength = 512;
    private const int MostRounds = 16;
    private const int MostAtOnce = 1024;

    private static readonly EnumerationOptions Plain = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private ProcessStat[] _rows = ArrayPool<ProcessStat>.Shared.Rent(FirstLength);
    // Read only for those that a tree asks about, and once for all trees.
    private ProcessMark?[] _marks = [];
    private int _count;

    private ProcessTable()
    {
    }

    /// <summary>The processes, by their numbers.</summary>
    public ReadOnlySpan<ProcessStat> Rows => _rows.AsSpan(0, _count);

    /// <summary>
    /// Whether no process has been missed. One that forks and ends at once may do so for ever just ahead of a reading that follows the
    /// numbers; such a reading goes on until nothing is newer than what it has seen, and says so when it gave up.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>Reads them all.</summary>
    public static ProcessTable Read()
    {
        var table = new ProcessTable();
        var ids = new FileSystemEnumerable<int>("/proc", static (ref FileSystemEntry entry) => NumberOf(entry.FileName), Plain)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => NumberOf(entry.FileName) > 0,
        };
        int newest = NewestProcess.Number;
        foreach (int id in ids)
            if (ProcessStat.Read(id) is { IsKernel: false } stat) table.Add(stat);
        table.IsComplete = table.CatchUp(newest);
        table.Sort();
        table._marks = ArrayPool<ProcessMark?>.Shared.Rent(table._count);
        table._marks.AsSpan(0, table._count).Clear();
        return table;
    }

    /// <summary>Where a process is among the rows, or less than 0.</summary>
    /// <param name="pid">Its number.</param>
    public int IndexOf(int pid)
    {
        int low = 0;
        for (int high = _count - 1; low <= high;)
        {
            int middle = (low + high) >>> 1;
            int order = _rows[middle].Key.Pid.CompareTo(pid);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    /// <summary>The mark that the process of a row carries.</summary>
    /// <param name="row">Which row.</param>
    public ProcessMark MarkOf(int row) => _marks[row] ??= ProcessMark.Of(_rows[row].Key.Pid);

    public void Dispose()
    {
        ArrayPool<ProcessStat>.Shared.Return(_rows);
        ArrayPool<ProcessMark?>.Shared.Return(_marks);
        (_rows, _marks, _count) = ([], [], 0);
    }

    private static int NumberOf(ReadOnlySpan<char> name) =>
        name[0] is >= '1' and <= '9' && int.TryParse(name, NumberStyles.None, null, out int id) ? id : 0;

    /// <summary>Reads those that have started since a number was the newest.</summary>
    private bool CatchUp(int newest)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            int now = NewestProcess.Number;
            if (now == newest) return true;
            // The numbers have begun anew, or there are too many.
            if (now < newest || now - newest > MostAtOnce) return false;
            for (int id = newest + 1; id <= now; id++)
                if (ProcessStat.Read(id) is { IsKernel: false } stat && NewestProcess.IsProcess(id)) Add(stat);
            newest = now;
        }
        return false;
    }

    private void Sort()
    {
        var rows = _rows.AsSpan(0, _count);
        bool sorted = true;
        for (int i = 1; i < rows.Length && sorted; i++) sorted = rows[i - 1].Key.Pid < rows[i].Key.Pid;
        if (sorted) return;
        rows.Sort(static (left, right) => left.Key.Pid.CompareTo(right.Key.Pid));
        int kept = 0;
        for (int i = 0; i < rows.Length; i++)
            if (i == 0 || rows[i].Key.Pid != rows[i - 1].Key.Pid) rows[kept++] = rows[i];
        _count = kept;
    }

    private void Add(in ProcessStat stat)
    {
        if (_count == _rows.Length)
        {
            var larger = ArrayPool<ProcessStat>.Shared.Rent(_count * 2);
            Rows.CopyTo(larger);
            ArrayPool<ProcessStat>.Shared.Return(_rows);
            _rows = larger;
        }
        _rows[_count++] = stat;
    }
}
