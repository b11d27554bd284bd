using System.Buffers.Text;

namespace Errand.Commands;

internal readonly partial record struct ProcessMark
{
    // The file has 16 lines of some 80 characters.
    private const int LimitsLength = 2048;

    /// <summary>Marks a process. What it starts from now on carries the mark as well.</summary>
    /// <param name="pid">A process of the same user.</param>
    /// <returns>
    /// Whether it carries the mark now. It cannot where somebody has lowered the hard limit (`ulimit -x`), or when it has ended; then only
    /// descendants are found.
    /// </returns>
    public unsafe bool Set(int pid)
    {
        NativeProcess.ResourceLimit limit;
        if (NativeProcess.Limit(pid, NativeProcess.LocksLimit, null, &limit) != 0 || limit.Hard < _value) return false;
        limit.Soft = _value;
        return NativeProcess.Limit(pid, NativeProcess.LocksLimit, &limit, null) == 0;
    }

    /// <summary>The mark of a process: none when it carries none or has ended. Anybody's processes can be asked.</summary>
    /// <param name="pid">The process.</param>
    public static ProcessMark Of(int pid)
    {
        var limits = ProcFile.Read(pid, "limits"u8, stackalloc byte[LimitsLength]);
        var name = "Max file locks"u8;
        int at = limits.IndexOf(name);
        if (at < 0) return default;
        var value = limits[(at + name.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(value, out ulong number, out _) && number is >= Lowest and < Lowest * 2 ? new(number) : default;
    }
}
