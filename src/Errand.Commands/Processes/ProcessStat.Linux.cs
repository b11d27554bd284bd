using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Errand.Commands;

/// <summary>One line of /proc/PID/stat, as far as trees and limits need it.</summary>
internal readonly struct ProcessStat
{
    private const int LineLength = 1024;
    private const long KernelThread = 0x200000;

    // Counted from the state, which follows the name; proc(5) counts from 1 and calls the state 3.
    private const int ParentField = 1;
    private const int FlagsField = 6;
    private const int FirstTimeField = 11;
    private const int LastTimeField = 14;
    private const int ThreadsField = 17;
    private const int StartField = 19;
    private const int Fields = 20;

    private readonly ShortName _name;
    private readonly byte _nameLength;
    private readonly byte _state;
    private readonly bool _isKernel;

    private ProcessStat(int pid, ReadOnlySpan<byte> name, byte state, ReadOnlySpan<long> fields)
    {
        Key = new(pid, fields[StartField]);
        Parent = (int)fields[ParentField];
        Threads = (int)fields[ThreadsField];
        for (int i = FirstTimeField; i <= LastTimeField; i++) CpuTicks += fields[i];
        _nameLength = (byte)Math.Min(name.Length, ShortName.Length);
        name[.._nameLength].CopyTo(_name);
        _state = state;
        _isKernel = (fields[FlagsField] & KernelThread) != 0;
        // A process whose first thread has ended is shown as a zombie while its other threads go on.
        HasEnded = state is (byte)'Z' or (byte)'X' && Threads <= 1;
    }

    public ProcessKey Key { get; }

    public int Parent { get; }

    public int Threads { get; }

    /// <summary>What it has used of processors, with what its children had used that it has waited for.</summary>
    public long CpuTicks { get; }

    /// <summary>Whether only its exit code is left of it.</summary>
    public bool HasEnded { get; }

    public bool IsStopped => _state is (byte)'T' or (byte)'t';

    public bool IsKernel => _isKernel;

    /// <summary>The first 15 characters of its program's name, or what it calls itself.</summary>
    public string Name => Encoding.UTF8.GetString(((ReadOnlySpan<byte>)_name)[.._nameLength]);

    /// <summary>Reads the line of a process, or nothing when it has ended.</summary>
    /// <param name="pid">The process.</param>
    public static ProcessStat? Read(int pid) =>
        TryParse(pid, ProcFile.Read(pid, "stat"u8, stackalloc byte[LineLength]), out var stat) ? stat : null;

    /// <summary>Reads a line.</summary>
    /// <param name="pid">Whose it is.</param>
    /// <param name="line">The line.</param>
    /// <param name="stat">What it says.</param>
    public static bool TryParse(int pid, ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        stat = default;
        // The name, in parentheses, may hold anything, spaces and parentheses too.
        int nameAt = line.IndexOf((byte)'(') + 1;
        int nameEnd = line.LastIndexOf((byte)')');
        if (nameAt == 0 || nameEnd < nameAt || nameEnd + 2 >= line.Length) return false;
        var rest = line[(nameEnd + 2)..];
        byte state = rest[0];
        Span<long> fields = stackalloc long[Fields];
        for (int i = 1; i < Fields; i++)
        {
            int space = rest.IndexOf((byte)' ');
            if (space < 0) return false;
            rest = rest[(space + 1)..];
            // A number may be too large for a signed one (a limit); none of those is asked for.
            if (!Utf8Parser.TryParse(rest, out fields[i], out _)) fields[i] = long.MaxValue;
        }
        stat = new(pid, line[nameAt..nameEnd], state, fields);
        return true;
    }

    [InlineArray(Length)]
    private struct ShortName
    {
        public const int Length = 16;
        private byte _first;
    }
}
